import type { Disposition, FindingDetail, FindingMode, FindingState } from '#lib/findings/types.ts';

/** The words that the screens use for the closed unions of findings. */

export const DISPOSITION_HINTS: Readonly<Record<Disposition, string>> = {
  true_positive: 'It is what the detection looks for, and it was harmful. Its risk stays.',
  benign_positive: 'It happened, and it was allowed. Its risk goes.',
  false_positive: 'The detection was wrong. Its risk goes.',
  undetermined: 'It cannot be told from this evidence. Its risk stays.',
};

export const MODE_WORDS: Readonly<Record<FindingMode, string>> = {
  strict: 'As published',
  lenient: 'Lenient',
  extended: 'Extended',
};

/** Why a finding is not an ordinary one; null for strict ones whose evidence is here. */
export function findingMark(mode: FindingMode, state: FindingState): { word: string; hint: string } | null {
  if (state === 'evidence_deleted')
    return {
      word: 'Evidence deleted',
      hint: 'Its evidence was deleted. Triage and history are kept, risk is not.',
    };
  if (state === 'superseded')
    return {
      word: 'Superseded',
      hint: 'Another variant of the detection is in force. This finding adds no risk.',
    };
  if (mode === 'lenient')
    return {
      word: 'Lenient',
      hint: 'The published search drops this row, because a field of its by-list is empty.',
    };
  if (mode === 'extended')
    return {
      word: 'Extended',
      hint: 'No published search sees it: it was joined, decoded or found by a search of our own. It adds nothing to the strict risk sum.',
    };
  return null;
}

/** What the mode and variant mean for one finding, in full sentences. */
export function modeExplained({
  mode,
  variant,
  filled,
  evaluation,
  decoding,
}: Pick<FindingDetail, 'mode' | 'variant' | 'filled' | 'evaluation' | 'decoding'>): string {
  const search = `the ${variant} variant of the search`;
  if (mode === 'strict')
    return `As published: ${search} gives this row with nothing filled in, decoded or joined.`;
  if (mode === 'lenient') {
    const fields =
      filled.length === 0
        ? 'an empty field'
        : `the empty ${plural(filled.length, 'field')} ${listed(filled)}`;
    return `Lenient: ${search} drops this row; it is here because ${fields} ${filled.length > 1 ? 'were' : 'was'} filled. It adds nothing to the strict risk sum.`;
  }
  return `Extended: ${extendedWords(evaluation, decoding.length, search)} It adds nothing to the strict risk sum.`;
}

function extendedWords(evaluation: FindingDetail['evaluation'], steps: number, search: string): string {
  const decoded = steps === 0 ? '' : ` after ${counted(steps, 'step')} of decoding`;
  if (evaluation === 'extended') return `no published search looks for this; ours finds it${decoded}.`;
  return `${search} does not see this as it was logged; it matches${decoded === '' ? ' after the parts of the text were joined' : decoded}.`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}

/** `3 findings`, `1,204 events` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${plural(count, one, many)}`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** A SID of a domain by its last part, which tells its users apart: `…-1111`; other names whole. */
export function shortUser(user: string): string {
  return /^S-1-5-21-\d+-\d+-\d+-\d+$/.test(user) ? `…${user.slice(user.lastIndexOf('-'))}` : user;
}
