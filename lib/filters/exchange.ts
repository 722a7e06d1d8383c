/** Rules as files carry them, whatever the form. */
import type { DraftInput } from './inputs.ts';
import type { FilterDraft } from './types.ts';

/** A detection as files name it: its filter macro is `<fileName>_filter`. */
export type NamedDetection = {
  readonly id: string;
  readonly name: string;
  readonly fileName: string;
  /** Null: not known. */
  readonly columns: readonly string[] | null;
};

export type ExportedRule = { readonly id: string; readonly number: number; readonly draft: FilterDraft };

/** What a file says of a rule; what it says nothing of is null or left out. */
export type ImportedRule = Pick<DraftInput, 'name' | 'text'> & Partial<Omit<DraftInput, 'name' | 'text'>>;

export type ImportProblem = { readonly place: string; readonly message: string };
export type ImportedRules = {
  readonly rules: readonly ImportedRule[];
  readonly problems: readonly ImportProblem[];
};

/** Why a file whose rules only hide rows of detections cannot carry a rule; null when it can. */
export function whyNotPlain({ draft }: ExportedRule): string | null {
  const { outcome, hosts, window, isThisInvestigation } = draft;
  if (outcome === 'lower') return `lowers risk to ${draft.factor ?? 1} of it and hides nothing`;
  if (outcome === 'snooze') return `hides until ${draft.snoozeUntil ?? 'a time'}`;
  if (window !== null) return 'has a window in event time';
  if (isThisInvestigation) return 'counts in one investigation only';
  return hosts.length > 0 ? `counts for hosts by all of their names (${hosts.join(', ')})` : null;
}

/** Text for a comment: one line. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

export const ruleTitle = ({ number, draft }: ExportedRule): string => `R-${number} ${oneLine(draft.name)}`;
