/** Job files for tests, written by [MS-TSCH] 2.4. */

export type JobSpec = {
  readonly application?: string;
  readonly parameters?: string;
  readonly workingDirectory?: string;
  readonly author?: string;
  readonly comment?: string;
  /** Year, month, weekday, day, hour, minute, second, milliseconds. */
  readonly lastRun?: readonly number[];
  readonly exitCode?: number;
  readonly triggers?: readonly TriggerSpec[];
  readonly productVersion?: number;
};

type TriggerSpec = {
  readonly begin: readonly [year: number, month: number, day: number];
  readonly time: readonly [hour: number, minute: number];
  readonly type: number;
  readonly flags?: number;
};

export const AT_JOB: JobSpec = {
  application: 'cmd.exe',
  parameters: '/c whoami > C:\\out.txt',
  author: 'SYSTEM',
  comment: 'Created by NetScheduleJobAdd.',
  lastRun: [2024, 3, 2, 5, 9, 14, 2, 125],
  triggers: [{ begin: [2024, 3, 5], time: [9, 14], type: 0 }],
};

export function writeJob(spec: JobSpec = AT_JOB): Buffer {
  const fixed = Buffer.alloc(68);
  fixed.writeUInt16LE(spec.productVersion ?? 0x0a00, 0);
  fixed.writeUInt16LE(1, 2);
  fixed.fill(0xab, 4, 20);
  fixed.writeUInt16LE(70, 20);
  fixed.writeUInt32LE(spec.exitCode ?? 0, 40);
  (spec.lastRun ?? []).forEach((part, index) => {
    fixed.writeUInt16LE(part, 52 + index * 2);
  });
  const texts = [spec.application, spec.parameters, spec.workingDirectory, spec.author, spec.comment];
  const strings = Buffer.concat(texts.map((text) => counted(text ?? '')));
  const userData = Buffer.from([2, 0, 0xaa, 0xbb]);
  const reservedData = Buffer.concat([Buffer.from([8, 0]), Buffer.alloc(8, 0x13)]);
  const triggers = (spec.triggers ?? []).map(triggerOf);
  const head = Buffer.concat([fixed, Buffer.alloc(2), strings, userData, reservedData]);
  head.writeUInt16LE(head.length, 22);
  return Buffer.concat([head, number(triggers.length), ...triggers]);
}

function counted(text: string): Buffer {
  if (text === '') return number(0);
  return Buffer.concat([number(text.length + 1), Buffer.from(`${text}\0`, 'utf16le')]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function triggerOf({ begin, time, type, flags = 0 }: TriggerSpec): Buffer {
  const bytes = Buffer.alloc(48);
  bytes.writeUInt16LE(48, 0);
  begin.forEach((part, index) => {
    bytes.writeUInt16LE(part, 4 + index * 2);
  });
  time.forEach((part, index) => {
    bytes.writeUInt16LE(part, 16 + index * 2);
  });
  bytes.writeUInt32LE(flags, 28);
  bytes.writeUInt32LE(type, 32);
  return bytes;
}
