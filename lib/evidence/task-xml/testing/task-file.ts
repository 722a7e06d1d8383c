/** The file of a task, as Windows writes it into System32\Tasks, for tests. */
export function taskXml({
  uri = '\\At1',
  date = '2024-03-05T09:13:02.1254367',
  description = 'Created by NetScheduleJobAdd.',
} = {}): string {
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.0" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Date>${date}</Date>
    <Author>SYSTEM</Author>
    <Description>${description}</Description>
    <URI>${uri}</URI>
  </RegistrationInfo>
  <Triggers>
    <TimeTrigger>
      <StartBoundary>2024-03-05T09:14:00</StartBoundary>
    </TimeTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>@AtServiceAccount</UserId>
    </Principal>
  </Principals>
  <Actions Context="Author">
    <Exec>
      <Command>cmd.exe</Command>
      <Arguments>/c whoami &gt; C:\\out.txt &amp; exit</Arguments>
    </Exec>
  </Actions>
</Task>`;
}

export const AT_TASK = taskXml();
