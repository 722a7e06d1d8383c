import type { z } from 'zod';
import type { JsonValue } from '#lib/db/postgres-text.ts';
import type { DetectionRule } from '#lib/detection/rule.ts';
import type { SourceFetch } from './egress.ts';

/** A SIEM that evidence is pulled from. One folder a kind; kinds.ts lists them. Times are ticks of 100 ns since 1970 UTC. */

/** What a query of a SIEM is, as it is sent; held as goldens in tests and stored with the evidence that it gave. */
export type SourceQuery = {
  /** Detections that it serves. */
  readonly detectionIds: readonly string[];
  /** SPL, query DSL as JSON, KQL, or the address of a page. */
  readonly text: string;
  readonly language: 'spl' | 'dsl' | 'kql' | 'http';
  /** Where the query takes more than the detection does, in words. Our engine confirms; a miss is a bug. */
  readonly widened: readonly string[];
};

/** Whether a source can answer a detection. */
export type SourceCoverage = {
  readonly detectionId: string;
  readonly isCovered: boolean;
  /** Why it cannot, or what part of it, one sentence; null when all of it is covered. */
  readonly reason: string | null;
};

export const TEST_STEPS = ['reach', 'tls', 'sign-in', 'rights', 'data', 'clock'] as const;
export type TestStepName = (typeof TEST_STEPS)[number];

/** One thing that was tried, what came of it, and how to mend it. */
export type TestStep = {
  readonly step: TestStepName;
  readonly state: 'works' | 'warning' | 'fails' | 'skipped';
  /** What was found: `Splunk 9.4.1 answers`, `the index "wineventlog" holds PowerShell 4104`. */
  readonly message: string;
  /** What to do about it; null when it works. */
  readonly remedy: string | null;
};

/** Where a pull stands: opaque to all but its kind; null before the first. Kept in the transaction that keeps the evidence. */
export type SourceCursor = JsonValue;

/** What is to be pulled: by ingest time for scheduled pulls, by event time for a back-fill. */
export type PullRequest = {
  readonly rules: readonly DetectionRule[];
  readonly cursor: SourceCursor;
  /** Event time of a back-fill's slice; null for a scheduled pull, which goes on from the cursor. */
  readonly slice: { readonly fromTicks: bigint; readonly toTicks: bigint } | null;
  /** How far behind the cursor a scheduled pull looks again for late data. */
  readonly lookBackMs: number;
  /** Our clock when the pull began. */
  readonly nowMs: number;
};

/** A row as it came: one JSON text without line ends. */
export type PulledRow = {
  readonly text: string;
  /** Names the row at the source if a later pull may give it again (late data is looked for twice); else null. */
  readonly key: string | null;
};

/** Rows, and where to go on when they are kept. */
export type PullBatch = {
  readonly query: SourceQuery;
  readonly rows: readonly PulledRow[];
  /** The cursor after these rows; null while it may not move yet: every row has a key then, so that none is kept twice. */
  readonly cursor: SourceCursor;
};

export type PullContext = {
  /** Goes to the configured host only. */
  readonly fetch: SourceFetch;
  readonly signal: AbortSignal;
  /** How often a request is sent at most while the source is busy or cannot be reached. */
  readonly tries: number;
  /** Waits; ends early with the signal. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Told of what the user should know: a rate limit, a changed schema. */
  readonly note: (message: string) => void;
};

/** How a setting or a secret is asked for on the screen. */
export type SourceField = {
  /** Key in settings or secrets. */
  readonly name: string;
  readonly label: string;
  readonly hint: string | null;
  /** `list`: one value a line. */
  readonly input: 'text' | 'lines' | 'list' | 'number' | 'choice' | 'switch';
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  readonly isSecret: boolean;
  readonly isRequired: boolean;
  /** What a new source has there. */
  readonly initial?: string | number | boolean;
  /** Asked for only while another setting has this value. */
  readonly when?: { readonly name: string; readonly value: string };
};

/** A kind of SIEM. Settings are shown and stored as they are, secrets are encrypted and never shown again. */
export type SourceKind<Settings = unknown, Secrets = unknown> = {
  readonly kind: string;
  readonly label: string;
  /** What it is, in a sentence, for those who choose. */
  readonly description: string;
  readonly fields: readonly SourceField[];
  readonly settings: z.ZodType<Settings>;
  readonly secrets: z.ZodType<Secrets>;
  /** Origins that requests may go to. */
  origins(settings: Settings): readonly string[];
  coverage(settings: Settings, rules: readonly DetectionRule[]): readonly SourceCoverage[];
  /** The queries that a pull would send; for the screen and the goldens. */
  queries(settings: Settings, request: PullRequest): readonly SourceQuery[];
  test(settings: Settings, secrets: Secrets, context: PullContext): AsyncIterable<TestStep>;
  /** Ends when all that was there at `nowMs` has been given. Rows may come again after a kill: events count once. */
  pull(
    settings: Settings,
    secrets: Secrets,
    request: PullRequest,
    context: PullContext,
  ): AsyncIterable<PullBatch>;
};

/** Thrown by a kind: what went wrong, said to the user, and whether it helps to try again. Never holds a secret. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly code: SourceErrorCode;
  readonly remedy: string | null;
  /** When the source said to come back, our clock. */
  readonly retryAtMs: number | null;
  constructor(
    code: SourceErrorCode,
    message: string,
    { remedy = null, retryAtMs = null }: { remedy?: string | null; retryAtMs?: number | null } = {},
  ) {
    super(message);
    this.code = code;
    this.remedy = remedy;
    this.retryAtMs = retryAtMs;
  }
}

/** `schema`: an answer that is not of the shape that the protocol promises. `refused`: the address is not allowed. */
export type SourceErrorCode =
  | 'unreachable'
  | 'tls'
  | 'sign-in'
  | 'rights'
  | 'rate-limit'
  | 'busy'
  | 'query'
  | 'schema'
  | 'cut'
  | 'refused';
