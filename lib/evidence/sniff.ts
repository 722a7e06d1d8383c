import { CLIXML_NAMESPACE, EVENT_TYPE } from './clixml/event.ts';
import { isTable } from './csv/table.ts';
import { isEvtx } from './evtx/reader.ts';
import { isHive } from './hive/base-block.ts';
import { printableText } from './printable.ts';
import type { EvidenceForm } from './record.ts';
import { isRegExport } from './reg-export/reader.ts';
import { isJob } from './task-job/job.ts';
import { isClassicText } from './text/classic-splitter.ts';
import { isWideStart } from './text/encoding.ts';

/** How much of the beginning is looked at. */
export const SNIFF_BYTES = 65_536;

export type Sniffed =
  | { readonly kind: 'evidence'; readonly form: EvidenceForm }
  | { readonly kind: 'refused'; readonly what: string; readonly message: string };

const EXPORT_HINT = 'Export the log as EVTX (wevtutil epl) or XML (wevtutil qe /f:xml) and upload that.';
const UNPACK_HINT = 'Unpack it and upload the event logs inside.';

/** Beginnings of files that are something else, with what to do. */
const SIGNATURES: readonly { bytes: string; at?: number; what: string; hint: string }[] = [
  { bytes: '%PDF', what: 'a PDF document', hint: EXPORT_HINT },
  { bytes: 'PK\x03\x04', what: 'a ZIP archive (or an Office document)', hint: UNPACK_HINT },
  { bytes: 'PK\x05\x06', what: 'an empty ZIP archive', hint: EXPORT_HINT },
  { bytes: '\x1f\x8b', what: 'a gzip file', hint: UNPACK_HINT },
  { bytes: '7z\xbc\xaf\x27\x1c', what: 'a 7z archive', hint: UNPACK_HINT },
  { bytes: '\xfd7zXZ', what: 'an xz file', hint: UNPACK_HINT },
  { bytes: 'BZh', what: 'a bzip2 file', hint: UNPACK_HINT },
  { bytes: '\x28\xb5\x2f\xfd', what: 'a zstd file', hint: UNPACK_HINT },
  { bytes: 'Rar!', what: 'a RAR archive', hint: UNPACK_HINT },
  { bytes: 'ustar', at: 257, what: 'a tar archive', hint: UNPACK_HINT },
  { bytes: 'MSCF', what: 'a cabinet archive', hint: UNPACK_HINT },
  { bytes: '\xd0\xcf\x11\xe0', what: 'an old Office document', hint: EXPORT_HINT },
  { bytes: '\x89PNG', what: 'a PNG picture', hint: EXPORT_HINT },
  { bytes: '\xff\xd8\xff', what: 'a JPEG picture', hint: EXPORT_HINT },
  { bytes: '\x7fELF', what: 'a Linux program', hint: EXPORT_HINT },
  { bytes: 'MZ', what: 'a Windows program', hint: EXPORT_HINT },
  {
    bytes: 'regf',
    what: 'a log file of a registry hive, or a piece of one',
    hint: 'Upload the hive itself, for example Windows\\System32\\config\\SOFTWARE.',
  },
  { bytes: 'SQLite format 3', what: 'an SQLite database', hint: EXPORT_HINT },
  {
    bytes: 'LfLe',
    at: 4,
    what: 'an event log of Windows XP or 2003 (EVT)',
    hint: 'Convert it on a Windows machine with wevtutil epl /lf:true OLD.evt NEW.evtx and upload that.',
  },
];

const LFS_POINTER = 'version https://git-lfs.github.com/spec/v1';

/** Says what bytes are, by content. `head` is the first SNIFF_BYTES, or all of a smaller file. */
export function sniff(head: Uint8Array, sizeBytes: number): Sniffed {
  if (sizeBytes === 0)
    return refuse('an empty file', 'Nothing is in it. Export the log again and look at its size first.');
  if (isEvtx(head)) return { kind: 'evidence', form: 'evtx' };
  if (isHive(head)) return { kind: 'evidence', form: 'hive' };
  if (isJob(head, sizeBytes)) return { kind: 'evidence', form: 'job' };
  const latin1 = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 600)).toString('latin1');
  for (const { bytes, at = 0, what, hint } of SIGNATURES) {
    if (latin1.startsWith(bytes, at)) return refuse(what, hint);
  }
  const text = decodeHead(head);
  if (text === null) return refuse('a binary file of an unknown kind', EXPORT_HINT);
  return sniffText(text, sizeBytes);
}

/** An object, a list of objects, or an empty list; evtx_dump writes a banner before each object. */
const JSON_START = /^(?:Record \d{1,20}\s+)?(?:\[\s*)*(?:\{\s*["}]|\]\s*$)/;
/** An object that begins a line, after a beginning that was cut off. A quoted table would double the quotes. */
const JSON_LINE = /\n\{\s{0,20}"(?!")/;
const TASK_NAMESPACE = 'http://schemas.microsoft.com/windows/2004/02/mit/task';
const CLIXML_HINT = 'Export the events themselves: Get-WinEvent -Path LOG | Export-Clixml FILE.';
const EVENT_TAG = /<(?:\w{1,64}:)?Event[\s>/]/;

function sniffText(text: string, sizeBytes: number): Sniffed {
  if (text.startsWith(LFS_POINTER)) {
    return refuse(
      'a Git LFS pointer, not the file itself',
      'Run "git lfs pull" in the repository and upload the file again.',
    );
  }
  const start = text.trimStart();
  if (start.startsWith('<')) return sniffMarkup(start);
  if (isRegExport(start)) return { kind: 'evidence', form: 'reg' };
  // Before the search for events: exports of other tools hold the XML of events in their fields.
  if (JSON_START.test(start)) return { kind: 'evidence', form: 'json' };
  if (isClassicText(start)) return { kind: 'evidence', form: 'text' };
  if (JSON_LINE.test(start)) return { kind: 'evidence', form: 'json' };
  const lineEnd = start.search(/[\r\n]/);
  const firstLine = lineEnd < 0 ? start : start.slice(0, lineEnd);
  if (isTable(start, sizeBytes > SNIFF_BYTES)) return { kind: 'evidence', form: 'csv' };
  if (lineEnd > 0 && !firstLine.includes('<') && firstLine.split(/[,;\t]/).length >= 3) {
    return refuse(
      'a table without rows, or without the names of its columns in the first line',
      'Export it with a header and look at what is in it.',
    );
  }
  if (EVENT_TAG.test(start)) return { kind: 'evidence', form: 'xml' };
  if (firstLine.length >= 60_000 && sizeBytes > SNIFF_BYTES) {
    return refuse('text in one very long line without Windows events', EXPORT_HINT);
  }
  return refuse('text without Windows events', EXPORT_HINT);
}

function sniffMarkup(text: string): Sniffed {
  const root = rootName(text);
  if (root !== null && /^(?:html|!doctype html)$/i.test(root)) return refuse('a web page', EXPORT_HINT);
  if (root === 'Task' && text.includes(TASK_NAMESPACE)) return { kind: 'evidence', form: 'task-xml' };
  if (root === 'Objs' && text.includes(CLIXML_NAMESPACE)) {
    return text.includes(EVENT_TYPE)
      ? { kind: 'evidence', form: 'clixml' }
      : refuse('an export of PowerShell objects that are no events', CLIXML_HINT);
  }
  // An export may begin with many events' worth of something else: only its root element can tell.
  if (EVENT_TAG.test(text) || root === 'Events') return { kind: 'evidence', form: 'xml' };
  if (root === null) return refuse('text without Windows events', EXPORT_HINT);
  return refuse(`XML with the root element ${printableText(root)}, not Windows events`, EXPORT_HINT);
}

/** The name of the first element, `!doctype html` for a web page that begins so, or null. Linear in the text. */
function rootName(text: string): string | null {
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at++;
    if (/^<!doctype\s+html/i.test(text.slice(at, at + 40))) return '!doctype html';
    const closing = text.startsWith('<!--', at)
      ? '-->'
      : text.startsWith('<?', at)
        ? '?>'
        : text.startsWith('<!', at)
          ? '>'
          : null;
    if (closing === null) return /^<([A-Za-z_][\w:.-]*)/.exec(text.slice(at, at + 200))?.[1] ?? null;
    const end = text.indexOf(closing, at + 2);
    if (end < 0) return null;
    at = end + closing.length;
  }
}

/** The head as text, or null when it is not text. UTF-16 is known by its mark or by its zero bytes. */
function decodeHead(head: Uint8Array): string | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (head[0] === 0xff && head[1] === 0xfe) return bytes.toString('utf16le', 2);
  if (head[0] === 0xfe && head[1] === 0xff) return swapped(bytes.subarray(2));
  if (isWideStart(head, 0)) return bytes.toString('utf16le');
  if (isWideStart(head, 1)) return swapped(bytes);
  const controls = head.reduce(
    (count, byte) => (byte < 9 || (byte > 13 && byte < 32 && byte !== 27) ? count + 1 : count),
    0,
  );
  return controls > head.length / 50 ? null : bytes.toString('utf8').replace(/^\ufeff/, '');
}

function swapped(bytes: Buffer): string {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le');
}

function refuse(what: string, hint: string): Sniffed {
  return { kind: 'refused', what, message: `This is ${what}. ${hint}` };
}
