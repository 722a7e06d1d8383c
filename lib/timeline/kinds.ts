import path from 'node:path';
import { z } from 'zod';
import { renderTemplate, templateFields } from '#lib/content/template.ts';
import { readYaml } from '#lib/content/yaml-file.ts';
import type { SearchableEvent } from '#lib/events/event.ts';
import { isVerbatim } from '#lib/events/verbatim.ts';
import { compileSearch } from '#lib/spl/compile.ts';

const schema = z.strictObject({
  lanes: z.array(z.string().min(1)).min(1),
  near_findings_only: z.array(z.string()),
  kinds: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z-]+$/),
      lane: z.string(),
      channel: z.string(),
      codes: z.array(z.int()).min(1),
      where: z.string().optional(),
      say: z.string(),
    }),
  ),
});

const SUMMARY_MAX = 300;

/** A kind of event that a host's timeline keeps. */
export type TimelineKind = {
  readonly id: string;
  readonly lane: string;
  /** One line of at most 300 characters. */
  summarize(event: SearchableEvent): string;
};

type Candidate = {
  readonly kind: TimelineKind;
  readonly applies: ((event: SearchableEvent) => boolean) | null;
};

// The product runs from its root; a bundle's import.meta.url would point elsewhere.
const definitions = readYaml(path.join('lib', 'timeline', 'kinds.yaml'), schema);

/** Lanes of a timeline, in order. */
export const LANES: readonly string[] = definitions.lanes;
/** Lanes whose events are shown only within 24 h of a finding. */
export const NEAR_FINDINGS_LANES: readonly string[] = definitions.near_findings_only;

/** By event code, then by lower-case channel: most events are of a code that no kind has. */
const byCode = new Map<string, Map<string, Candidate[]>>();
for (const { id, lane, channel, codes, where, say } of definitions.kinds) {
  const search =
    where === undefined
      ? null
      : compileSearch(`search * | where ${where}`, {
          macros: new Map(),
          dataModels: new Map(),
          lookups: new Map(),
          isVerbatim,
        });
  const fields = templateFields(say);
  const kind: TimelineKind = { id, lane, summarize: (event) => summaryOf(say, fields, event) };
  for (const code of codes) {
    const byChannel = byCode.get(String(code)) ?? new Map<string, Candidate[]>();
    const candidates = byChannel.get(channel.toLowerCase()) ?? [];
    candidates.push({ kind, applies: search && ((event) => search.select(event)) });
    byChannel.set(channel.toLowerCase(), candidates);
    byCode.set(String(code), byChannel);
  }
}

/** The kind of an event, or null when it is only counted. */
export function classify(event: SearchableEvent): TimelineKind | null {
  const code = event.get('EventCode');
  const byChannel = typeof code === 'string' ? byCode.get(code) : undefined;
  const channel = byChannel && event.get('Channel');
  if (typeof channel !== 'string') return null;
  const candidates = byChannel?.get(channel.toLowerCase());
  return candidates?.find(({ applies }) => applies === null || applies(event))?.kind ?? null;
}

/** A field that the event does not have is left out. */
function summaryOf(template: string, fields: readonly string[], event: SearchableEvent): string {
  const row = new Map(fields.map((name) => [name, event.get(name) ?? '']));
  const line = renderTemplate(template, { row, events: [event] }, SUMMARY_MAX)
    .replace(/\s+/g, ' ')
    .trim();
  if (line.length <= SUMMARY_MAX) return line;
  // Never half of a surrogate pair.
  return `${line.slice(0, SUMMARY_MAX - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
