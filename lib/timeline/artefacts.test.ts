import { expect, it } from 'vitest';
import { eventFromRecord } from '#lib/events/windows.ts';
import { softwareHive } from '#lib/evidence/hive/testing/write-hive.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { writeJob } from '#lib/evidence/task-job/testing/write-job.ts';
import { AT_TASK } from '#lib/evidence/task-xml/testing/task-file.ts';
import { classify } from './kinds.ts';

const SCHEDULE = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule';
const REG = `REGEDIT4\r\n[${SCHEDULE}\\Configuration]\r\n"EnableAt"=dword:00000001\r\n`;

it('artefacts of a disk stand on the timeline, each in its lane', async () => {
  const files = [
    softwareHive({ tasks: [{ name: 'At1' }] }),
    Buffer.from(REG),
    writeJob(),
    Buffer.from(AT_TASK),
  ];
  const kinds: string[] = [];
  for (const bytes of files) {
    const { blocks } = await readEvidence(fromBuffer(bytes), {});
    for await (const block of blocks) {
      for (const record of block.records) {
        const event = eventFromRecord(record);
        const kind = classify(event);
        kinds.push(`${kind?.lane}: ${kind?.summarize(event)}`);
      }
    }
  }
  expect(kinds).toEqual([
    `Registry: ${SCHEDULE}\\Configuration\\EnableAt 0x00000001 stands in a hive; its key was last written then`,
    `Registry: ${SCHEDULE}\\TaskCache\\Tree\\At1 stands in a hive; its key was last written then`,
    `Registry: ${SCHEDULE}\\Configuration\\EnableAt 0x00000001 stands in a registry export`,
    'Tasks and jobs: Job file of SYSTEM, last run then: cmd.exe /c whoami > C:\\out.txt',
    'Tasks and jobs: Task file \\At1 of SYSTEM, registered then: cmd.exe /c whoami > C:\\out.txt & exit',
  ]);
});
