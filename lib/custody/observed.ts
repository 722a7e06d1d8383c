import type { SqlTransaction } from '#lib/db/bulk.ts';
import type { db as Database } from '#lib/db/client.ts';
import { FILE_HEADER_BYTES, readEvtxHeader } from '#lib/evidence/evtx/header.ts';
import type { Block, ByteSource, CensusRow, EvidenceForm } from '#lib/evidence/record.ts';
import { readStart } from '#lib/evidence/source.ts';
import { BlockIndex, writeBlockIndex } from './block-index.ts';
import { HintObserver, writeDirtyHint, writeHints } from './hints.ts';

/** What an ingest notes of the blocks themselves, beside their events. Reading again does not need it. */
export class Observed {
  readonly index = new BlockIndex();
  readonly hints = new HintObserver();

  /** Its records are told to `hints` one by one. */
  addBlock(block: Block, census: readonly CensusRow[]): void {
    this.index.add(block, census);
    this.hints.addProblems(block.problems);
  }
}

/** @param hosts ids by logged name, of all hosts of the batch */
export async function writeObserved(
  tx: SqlTransaction,
  evidenceId: string,
  observed: Observed,
  hosts: ReadonlyMap<string, string>,
): Promise<void> {
  await writeBlockIndex(tx, evidenceId, observed.index, hosts);
  await writeHints(tx, evidenceId, observed.hints, hosts);
}

/** Notes an event log whose header says that it was not closed. Doing it again changes nothing. */
export async function noteFileHeader(
  db: typeof Database,
  evidenceId: string,
  form: EvidenceForm,
  source: ByteSource,
): Promise<void> {
  if (form !== 'evtx') return;
  const header = readEvtxHeader(await readStart(source, FILE_HEADER_BYTES));
  // Without a header (a carved chunk) there is nothing that says so.
  if (header.chunkCount === null || !header.isDirty) return;
  await db.$transaction((tx) => writeDirtyHint(tx, evidenceId));
}
