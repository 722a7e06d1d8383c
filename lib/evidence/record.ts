/**
 * A record is one entry read from evidence, with its place. Every reader yields this one shape, whatever the
 * bytes looked like, so that nothing after the readers knows about file forms.
 *
 * Names follow the Windows event schema (System, EventData, UserData).
 */

import type { PlacedAlert } from './alerts/alert.ts';
import type { ArtefactForm, RecordForm } from './forms.ts';
import type { ColumnMapping } from './mapping/mapping.ts';

/** The forms of evidence that a reader exists for. What wrote the records in them is a RecordForm. */
export type EvidenceForm = 'evtx' | 'xml' | 'json' | 'text' | 'csv' | 'clixml' | ArtefactForm;

/** Where a record stands in its evidence. */
export type Place = {
  /** Byte offset of the record's first byte from the start of the (decompressed) evidence. */
  readonly offset: number;
  /** Line of the record's first byte, from 1; only text forms have one. */
  readonly line?: number;
};

/**
 * The values of the System element, as the text that Windows renders (numbers decimal, Keywords 0x…,
 * GUIDs in braces and upper case, SIDs S-1-…). Absent or empty elements are null.
 */
export type SystemValues = {
  readonly providerName: string | null;
  readonly providerGuid: string | null;
  readonly eventId: number | null;
  readonly qualifiers: string | null;
  readonly version: string | null;
  readonly level: string | null;
  readonly task: string | null;
  readonly opcode: string | null;
  readonly keywords: string | null;
  /** TimeCreated/@SystemTime as given by the evidence (evtx: ISO 8601 with 7 digits and Z). */
  readonly systemTime: string | null;
  /** EventRecordID from the System element, never the number in an EVTX record header. */
  readonly recordId: string | null;
  readonly activityId: string | null;
  readonly relatedActivityId: string | null;
  readonly processId: string | null;
  readonly threadId: string | null;
  readonly channel: string | null;
  readonly computer: string | null;
  /** Security/@UserID, a SID. */
  readonly userId: string | null;
};

/** One value of EventData (or one leaf of UserData); an unnamed Data has the name ''. */
export type DataItem = readonly [name: string, value: string];

export interface EvidenceRecord {
  readonly form: RecordForm;
  readonly place: Place;
  /** Event time in 100 ns ticks since 1970-01-01T00:00:00Z from System/TimeCreated; null when absent or unreadable. */
  readonly timeTicks: bigint | null;
  readonly system: SystemValues;
  /** EventData values in order, or the leaves of UserData in order. Computed when first asked for. */
  readonly data: readonly DataItem[];
  /** The UserData element as XML text when the record has one, else null. */
  readonly userDataXml: string | null;
  /** The time as given when it names no zone, so that it was read as one of ReadOptions.timeZone. */
  readonly localTime?: string | null;
}

/** A part of the evidence that could not be read; reading goes on after it. */
export type Problem = {
  readonly place: Place;
  /** How many bytes were skipped because of it, 0 when nothing was. */
  readonly skippedBytes: number;
  readonly code: ProblemCode;
  /** One plain sentence. Never holds text from the evidence unescaped. */
  readonly message: string;
  /** True when one record (or more) was lost; false for notes, such as a checksum that does not fit. */
  readonly isLoss: boolean;
};

export type ProblemCode =
  | 'file-header'
  | 'chunk-header'
  | 'chunk-checksum'
  | 'chunk-truncated'
  | 'record-chain'
  | 'record-header'
  | 'record-content'
  | 'xml-syntax'
  | 'json-syntax'
  | 'text-syntax'
  | 'csv-syntax'
  | 'time-zone'
  | 'record-too-long'
  | 'encoding'
  | 'truncated';

/** How many records of one kind a block holds, parsed or not: what "blind is not clean" and volume rest on. */
export type CensusRow = {
  readonly channel: string | null;
  readonly eventId: number | null;
  readonly computer: string | null;
  readonly provider: string | null;
  readonly count: number;
  readonly firstTicks: bigint | null;
  readonly lastTicks: bigint | null;
};

/**
 * A block is the unit of reading, skipping, committing and resuming: one EVTX chunk, or about 1 MiB of text cut at a
 * record boundary. Blocks of one file never depend on each other.
 */
export interface Block {
  /** Counts from 0 in the file, chunk by chunk, also over unreadable ones. */
  readonly index: number;
  readonly offset: number;
  readonly lengthBytes: number;
  /** The records of the block in order of their place; unreadable ones are in problems. */
  readonly records: readonly EvidenceRecord[];
  /**
   * Records found by walking, without building them. Equals records.length when isParsed.
   */
  readonly recordCount: number;
  /** False when the reader skipped the block because no literal of the search stands in it. */
  readonly isParsed: boolean;
  readonly problems: readonly Problem[];
  /** What another tool's rules said, in place of events; neither in records nor counted by census. Absent: none. */
  readonly alerts?: readonly PlacedAlert[];
  /** Readable records of the block by kind, also when it was skipped. Computed when asked for. */
  census(): readonly CensusRow[];
}

/** What a reader is asked to do. */
export type ReadOptions = {
  /** Start at this block boundary (a value that an earlier Block gave as offset + lengthBytes); 0 for all. */
  readonly startOffset?: number;
  /** Index of the block at startOffset. */
  readonly startIndex?: number;
  /**
   * When given, a block may be left unparsed if none of these literals occurs in it (ASCII, compared without case, in
   * UTF-16LE and in single-byte form). Blocks are still walked: counts, chain and checksums are checked.
   */
  readonly needles?: readonly string[];
  /** IANA name of the zone of times that have none, for forms that write local times; UTC when absent. */
  readonly timeZone?: string | undefined;
  /** How rows and objects are read that no known form claims; without it their columns are their fields. */
  readonly mapping?: ColumnMapping | undefined;
  readonly signal?: AbortSignal;
};

/** A sequence of bytes that can be read from any offset: a file, a buffer, standard input spooled to a file. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Reads up to `length` bytes at `offset` into `target`; returns how many were read, 0 only at the end. */
  read(target: Uint8Array, targetOffset: number, length: number, offset: number): Promise<number>;
}
