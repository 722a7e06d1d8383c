/** The .job file of the task scheduler of Windows 2000 to 10 ([MS-TSCH] 2.4). Little-endian. */

const FIXED_BYTES = 68;
/** The variable part begins with the count of running instances; the name of the application follows. */
const APPLICATION_AT = 70;
const FILE_VERSION = 1;
/** NT 4, 2000, XP, 2003, Vista to 8.1, 10. */
const PRODUCT_VERSIONS: ReadonlySet<number> = new Set([
  0x0400, 0x0500, 0x0501, 0x0502, 0x0600, 0x0601, 0x0602, 0x0603, 0x0a00,
]);
const TRIGGER_BYTES = 48;
const TRIGGERS_SHOWN_MAX = 100;
const TRIGGER_DISABLED = 4;
const TRIGGER_TYPES = [
  'once',
  'daily',
  'weekly',
  'monthly by date',
  'monthly by weekday',
  'when idle',
  'at system start',
  'at logon',
] as const;
/** Of these the begin is a time of day; the others wait for something. */
const TIMED_TYPES = 5;

type Job = {
  readonly application: string;
  readonly parameters: string;
  readonly workingDirectory: string;
  readonly author: string;
  readonly comment: string;
  /** In words, for example `once, from 2024-03-05 13:20`. */
  readonly triggers: readonly string[];
  /** When it ran last, in the local time of its host, as ISO 8601 without a zone; null when it never ran. */
  readonly lastRun: string | null;
  readonly exitCode: number;
  /** Whether the file ends before its triggers do. */
  readonly isCut: boolean;
};

/** Whether a file that begins so is a .job file. It has no signature: its first fields must fit each other and the size. */
export function isJob(head: Uint8Array, sizeBytes: number): boolean {
  if (head.length < APPLICATION_AT + 2) return false;
  const bytes = Buffer.from(head.buffer, head.byteOffset, APPLICATION_AT + 2);
  const triggersAt = bytes.readUInt16LE(22);
  return (
    PRODUCT_VERSIONS.has(bytes.readUInt16LE(0)) &&
    bytes.readUInt16LE(2) === FILE_VERSION &&
    bytes.readUInt16LE(20) === APPLICATION_AT &&
    triggersAt > APPLICATION_AT &&
    triggersAt <= sizeBytes
  );
}

/** @param bytes of a file of which isJob is true */
export function parseJob(bytes: Buffer): Job {
  const cursor = new Cursor(bytes, APPLICATION_AT);
  // What the end cuts off of it is zero.
  const fixed = Buffer.alloc(FIXED_BYTES);
  bytes.copy(fixed);
  const application = cursor.text();
  const parameters = cursor.text();
  const workingDirectory = cursor.text();
  const author = cursor.text();
  const comment = cursor.text();
  // User data and reserved data.
  cursor.skipCounted();
  cursor.skipCounted();
  const triggers: string[] = [];
  const count = cursor.number();
  for (let index = 0; index < count; index++) {
    const trigger = cursor.take(TRIGGER_BYTES);
    if (!trigger) break;
    if (index < TRIGGERS_SHOWN_MAX) triggers.push(triggerText(trigger));
  }
  return {
    application,
    parameters,
    workingDirectory,
    author,
    comment,
    triggers,
    lastRun: systemTime(fixed.subarray(52)),
    exitCode: fixed.readUInt32LE(40),
    isCut: cursor.isCut,
  };
}

/** [MS-TSCH] 2.4.2.11. */
function triggerText(trigger: Buffer): string {
  const type = trigger.readUInt32LE(32);
  const words = TRIGGER_TYPES[type] ?? `type ${type}`;
  const [year, month, day] = [4, 6, 8].map((at) => trigger.readUInt16LE(at));
  const time = `${pad(trigger.readUInt16LE(16), 2)}:${pad(trigger.readUInt16LE(18), 2)}`;
  const begin = type < TIMED_TYPES ? `, from ${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)} ${time}` : '';
  const isDisabled = (trigger.readUInt32LE(28) & TRIGGER_DISABLED) !== 0;
  return `${words}${begin}${isDisabled ? ' (disabled)' : ''}`;
}

/** Year, month, weekday, day, hour, minute, second, milliseconds; all zero when there is no time. */
function systemTime(bytes: Buffer): string | null {
  const at = (index: number): number => bytes.readUInt16LE(index * 2);
  if (at(0) === 0) return null;
  const date = `${pad(at(0), 4)}-${pad(at(1), 2)}-${pad(at(3), 2)}`;
  return `${date}T${pad(at(4), 2)}:${pad(at(5), 2)}:${pad(at(6), 2)}.${pad(at(7), 3)}`;
}

function pad(value: number | undefined, digits: number): string {
  return String(value ?? 0).padStart(digits, '0');
}

/** Reads on behind what was read; beyond the end all is empty. */
class Cursor {
  isCut = false;
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  take(length: number): Buffer | null {
    const end = this.#at + length;
    if (end > this.#bytes.length) {
      this.isCut = true;
      this.#at = this.#bytes.length;
      return null;
    }
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  number(): number {
    return this.take(2)?.readUInt16LE() ?? 0;
  }

  /** A count of UTF-16 characters with the closing zero, and they. */
  text(): string {
    const length = this.number() * 2;
    const left = this.#bytes.length - this.#at;
    const bytes = this.take(length) ?? this.#bytes.subarray(this.#bytes.length - left);
    const [text = ''] = bytes.toString('utf16le', 0, bytes.length & ~1).split('\0', 1);
    return text;
  }

  skipCounted(): void {
    this.take(this.number());
  }
}
