import type { DetectionDetail } from '#lib/catalogue/types.ts';

type Entry = Pick<DetectionDetail['history'][number], 'action' | 'before' | 'after'>;

/** What an entry of a detection's history says after the name of who did it. */
export function changeWords({ action, before, after }: Entry): string {
  if (action === 'detection.import') {
    const variant = text(after?.variant);
    return `imported version ${text(after?.version) ?? '?'}${variant === null ? '' : `, variant ${variant}`}`;
  }
  if (action === 'detection.risk') return riskWords(after);
  if (action !== 'detection.change') return action.replaceAll('.', ' ');
  const phrases: string[] = [];
  const from = text(before?.variant);
  const to = text(after?.variant);
  if (from !== to) {
    if (to === null) phrases.push('disabled it');
    else
      phrases.push(from === null ? `enabled variant ${to}` : `let variant ${to} count in place of ${from}`);
  }
  // As it was written before impact and confidence had versions.
  const risk = text(after?.riskScore);
  if (text(before?.riskScore) !== risk) {
    phrases.push(risk === null ? "took the author's risk again" : `set the risk to ${risk}`);
  }
  return phrases.join(' and ') || 'saved without a change';
}

function riskWords(after: Entry['after']): string {
  const impact = text(after?.impact);
  const set =
    impact === null
      ? "took the author's risk again"
      : `set impact ${impact} and confidence ${text(after?.confidence)}`;
  const reason = text(after?.reason) ?? '';
  return reason === '' ? set : `${set}: ${reason}`;
}

function text(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
