import { artefactBlock, artefactRecord, localTimeNote, note } from '#lib/evidence/artefact.ts';
import type { Block, ByteSource, DataItem, Problem, ReadOptions } from '#lib/evidence/record.ts';
import { readStart } from '#lib/evidence/source.ts';
import { createTimeReader } from '#lib/evidence/text/times.ts';
import { parseJob } from './job.ts';

/** Every length in a .job file has 16 bits; five texts, two pieces of data and the triggers fit well into this. */
const JOB_BYTES_MAX = 4_194_304;

/**
 * Reads a .job file as one record: what it runs, for whom, and when it ran last. The name of a job is that of its file and
 * does not stand in it.
 *
 * Throws what the source throws, and the signal's reason when aborted.
 */
export async function* readJob(source: ByteSource, options: ReadOptions = {}): AsyncGenerator<Block> {
  if ((options.startOffset ?? 0) >= source.sizeBytes) return;
  options.signal?.throwIfAborted();
  const job = parseJob(await readStart(source, JOB_BYTES_MAX));
  const problems: Problem[] = [];
  const times = createTimeReader(options.timeZone);
  const time = job.lastRun === null ? null : times.parse(job.lastRun);
  if (job.isCut) problems.push(note(source.sizeBytes, 'truncated', 'The job file is cut off.'));
  if (time) problems.push(localTimeNote(times.zoneName));
  else problems.push(note(0, 'record-content', 'The job file names no time when it ran: it has no time.'));
  const data: readonly DataItem[] = [
    ['Command', job.application],
    ['Arguments', job.parameters],
    ['WorkingDirectory', job.workingDirectory],
    ['Author', job.author],
    ['Comment', job.comment],
    ...job.triggers.map((trigger): DataItem => ['Trigger', trigger]),
    ['LastRun', job.lastRun ?? ''],
    ['ExitCode', time === null ? '' : String(job.exitCode)],
  ];
  const record = artefactRecord(
    'job',
    0,
    time?.ticks ?? null,
    data.filter(([, value]) => value !== ''),
    job.lastRun,
  );
  yield artefactBlock(
    { index: options.startIndex ?? 0, offset: 0, end: source.sizeBytes },
    [record],
    problems,
  );
}
