import { artefactBlock, artefactRecord, localTimeNote, loss, note } from '#lib/evidence/artefact.ts';
import type {
  Block,
  ByteSource,
  DataItem,
  EvidenceRecord,
  Problem,
  ReadOptions,
} from '#lib/evidence/record.ts';
import { readStart } from '#lib/evidence/source.ts';
import { createTimeReader } from '#lib/evidence/text/times.ts';
import { detectEncoding } from '#lib/evidence/xml/window.ts';
import { parseTask, type Task } from './task.ts';

/** The task files of Windows have a few kilobytes. */
const TASK_BYTES_MAX = 4_194_304;
/** Of the text of a task so much is kept. */
const CONTENT_LENGTH_MAX = 65_536;

/**
 * Reads the XML of one task as one record: what it runs, for whom, and when it was registered.
 *
 * Throws what the source throws, and the signal's reason when aborted.
 */
export async function* readTaskXml(source: ByteSource, options: ReadOptions = {}): AsyncGenerator<Block> {
  if ((options.startOffset ?? 0) >= source.sizeBytes) return;
  options.signal?.throwIfAborted();
  const extent = { index: options.startIndex ?? 0, offset: 0, end: source.sizeBytes };
  const text = textOf(await readStart(source, TASK_BYTES_MAX));
  const task = parseTask(text);
  const isRead = task.uri !== '' || task.actions.length > 0 || task.triggers.length > 0;
  const problems: Problem[] = [];
  const records: EvidenceRecord[] = [];
  // What was read in spite of it is no loss.
  const tell = isRead ? note : loss;
  if (source.sizeBytes > TASK_BYTES_MAX) {
    problems.push(
      tell(TASK_BYTES_MAX, 'record-too-long', 'This is far longer than any task; the rest was left out.'),
    );
  } else if (task.isBroken) {
    problems.push(
      tell(
        0,
        'xml-syntax',
        'The XML of the task is broken or cut off; what stands before the break was read.',
      ),
    );
  } else if (!isRead) {
    problems.push(tell(0, 'record-content', 'The task has no name, no action and no trigger.'));
  }
  if (isRead) {
    const times = createTimeReader(options.timeZone);
    const time = times.parse(task.date);
    if (time === null) {
      problems.push(
        note(0, 'record-content', 'The task does not say when it was registered: it has no time.'),
      );
    } else if (time.isLocal) {
      problems.push(localTimeNote(times.zoneName));
    }
    const localTime = time?.isLocal ? task.date : null;
    records.push(artefactRecord('task-xml', 0, time?.ticks ?? null, dataOf(task, text), localTime));
  }
  yield artefactBlock(extent, records, problems);
}

function dataOf(task: Task, text: string): readonly DataItem[] {
  const data: readonly DataItem[] = [
    ['TaskName', task.uri],
    ...task.actions.flatMap((action): DataItem[] => [
      ['Command', action.command],
      ['Arguments', action.arguments],
      ['WorkingDirectory', action.workingDirectory],
    ]),
    ['Author', task.author],
    ['Comment', task.description],
    ['UserId', task.userId],
    ...task.triggers.map((trigger): DataItem => ['Trigger', trigger]),
    ['Date', task.date],
    ['TaskContent', text.slice(0, CONTENT_LENGTH_MAX)],
  ];
  return data.filter(([, value]) => value !== '');
}

function textOf(bytes: Buffer): string {
  const encoding = detectEncoding(bytes);
  if (encoding.name === 'utf8') return bytes.toString('utf8').replace(/^\ufeff/, '');
  const whole = bytes.subarray(0, bytes.length & ~1);
  if (encoding.isSwapped) whole.swap16();
  return whole.toString('utf16le').replace(/^\ufeff/, '');
}
