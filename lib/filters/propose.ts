/** Proposes rules that cover chosen findings and no true positive. What is proposed was asked of the engine that applies rules. */
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { scalarsOf, toText } from '#lib/spl/value.ts';
import { checkText } from './check.ts';
import { compileFilter } from './compile.ts';
import { formToText, formToWords } from './form.ts';
import type { FilterCondition, FilterField, FilterForm, FilterProposal } from './types.ts';

export type ProposalRow = {
  readonly row: SearchableEvent;
  readonly isChosen: boolean;
  readonly isTruePositive: boolean;
};

const PROPOSALS_MAX = 6;
/** Fields that are combined, the most telling first. */
const FIELDS_MAX = 7;
const CONDITIONS_MAX = 3;
const VALUES_MAX = 5;
/** Longer texts are told by how they begin. */
const TEXT_MAX = 300;
const PREFIX_MIN = 6;
const CLUSTERS_MAX = 20;

/**
 * The best first: what nobody could meet on purpose, covers no others, and says the most. None when every rule would cover a
 * true positive too.
 *
 * @param fields with their roles; fields that pass are left out by the caller
 */
export function proposeRules(
  rows: readonly ProposalRow[],
  fields: readonly FilterField[],
): readonly FilterProposal[] {
  const chosen = rows.filter(({ isChosen, isTruePositive }) => isChosen && !isTruePositive);
  if (chosen.length === 0) return [];
  const forms = [...conjunctions(chosen, fields), ...clusters(chosen, fields)];
  const proposals = forms.flatMap((form) => judge(form, rows, chosen.length, fields));
  const distinct = [...new Map(proposals.map((proposal) => [proposal.text, proposal])).values()];
  const weights = new Map(fields.map((field) => [field.name, weight(field)]));
  return distinct.sort((a, b) => compareProposals(a, b, weights)).slice(0, PROPOSALS_MAX);
}

function judge(
  form: FilterForm,
  rows: readonly ProposalRow[],
  chosen: number,
  fields: readonly FilterField[],
): FilterProposal[] {
  const text = formToText(form);
  const { problems, warnings } = checkText(text, fields);
  if (problems.length > 0) return [];
  const { covers } = compileFilter(text, new Map());
  let coversChosen = 0;
  let coversOthers = 0;
  for (const { row, isChosen, isTruePositive } of rows) {
    if (!covers(row)) continue;
    if (isTruePositive) return [];
    if (isChosen) coversChosen++;
    else coversOthers++;
  }
  if (coversChosen < chosen) return [];
  return [{ text, form, words: formToWords(form), coversChosen, chosen, coversOthers, warnings }];
}

const highWarnings = ({ warnings }: FilterProposal): number =>
  warnings.filter(({ severity }) => severity === 'high').length;
const leastConditions = ({ form }: FilterProposal): number =>
  Math.min(...form.items.map(({ conditions }) => conditions.length));
const valueCount = ({ form }: FilterProposal): number =>
  form.items.reduce(
    (sum, { conditions }) => sum + conditions.reduce((values, one) => values + one.values.length, 0),
    0,
  );

function compareProposals(
  a: FilterProposal,
  b: FilterProposal,
  weights: ReadonlyMap<string, number>,
): number {
  const weightOf = ({ form }: FilterProposal): number =>
    (form.items[0]?.conditions ?? []).reduce((sum, { field }) => sum + (weights.get(field) ?? 0), 0);
  return (
    highWarnings(a) - highWarnings(b) ||
    a.coversOthers - b.coversOthers ||
    leastConditions(b) - leastConditions(a) ||
    weightOf(a) - weightOf(b) ||
    a.form.items.length - b.form.items.length ||
    valueCount(a) - valueCount(b) ||
    (a.text < b.text ? -1 : 1)
  );
}

/** Host and user first, then what the detection is about. */
function weight(field: FilterField): number {
  if (field.role === 'host') return 0;
  if (field.role === 'user') return 1;
  return field.isAttackerControlled ? 2 : 3;
}

function conjunctions(chosen: readonly ProposalRow[], fields: readonly FilterField[]): FilterForm[] {
  const conditions = fields
    .toSorted((a, b) => weight(a) - weight(b))
    .flatMap((field) => conditionOf(field.name, chosen) ?? [])
    .slice(0, FIELDS_MAX);
  return subsets(conditions).map((subset) => ({ items: [{ conditions: subset }] }));
}

/** All of one to CONDITIONS_MAX conditions. */
function subsets(conditions: readonly FilterCondition[]): FilterCondition[][] {
  let found: FilterCondition[][] = [[]];
  for (const condition of conditions) {
    found = found.flatMap((subset) =>
      subset.length < CONDITIONS_MAX ? [subset, [...subset, condition]] : [subset],
    );
  }
  return found.filter((subset) => subset.length > 0);
}

/** An item for each host and user, where one conjunction would allow every host with every user. */
function clusters(chosen: readonly ProposalRow[], fields: readonly FilterField[]): FilterForm[] {
  const roles = fields.filter(({ role }) => role === 'host' || role === 'user');
  const keyOf = ({ row }: ProposalRow): string =>
    JSON.stringify(roles.map(({ name }) => textsOf(row.get(name)).map((text) => text.toLowerCase())));
  const groups = [...Map.groupBy(chosen, keyOf).values()];
  if (groups.length < 2 || groups.length > CLUSTERS_MAX) return [];
  const others = fields.filter((field) => !roles.includes(field)).toSorted((a, b) => weight(a) - weight(b));
  return [roles, ...others.slice(0, CONDITIONS_MAX).map((other) => [...roles, other])].map((wanted) => ({
    items: groups.map((group) => ({
      conditions: wanted.flatMap(({ name }) => conditionOf(name, group) ?? []),
    })),
  }));
}

const textsOf = (value: FieldValue): string[] => scalarsOf(value).map(toText);

/** What all of the rows have in common in a field; null when nothing is worth saying. */
function conditionOf(field: string, rows: readonly ProposalRow[]): FilterCondition | null {
  const values = new Map<string, string>();
  for (const { row } of rows) {
    const [text, ...more] = textsOf(row.get(field));
    // A placeholder tells nothing, and of several values none stands for all.
    if (text === undefined || more.length > 0 || ['', '-', 'unknown', 'null'].includes(text.toLowerCase()))
      return null;
    values.set(text.toLowerCase(), values.get(text.toLowerCase()) ?? text);
  }
  const texts = [...values.values()].sort();
  const [first = ''] = texts;
  const isShort = texts.every((text) => text.length <= TEXT_MAX && !/[\n\r]/.test(text));
  if (isShort && texts.length === 1) return { field, operator: 'is', values: [first] };
  if (isShort && texts.length <= VALUES_MAX) return { field, operator: 'one-of', values: texts };
  const prefix = commonPrefix(texts).slice(0, TEXT_MAX);
  return prefix.length < PREFIX_MIN ? null : { field, operator: 'starts-with', values: [prefix] };
}

/** Up to the end of a line, so that the text of the rule stays one. */
function commonPrefix(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  let length = first.search(/[\n\r]/);
  if (length < 0) length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && first[same]?.toLowerCase() === other[same]?.toLowerCase()) same++;
    length = same;
  }
  // Not half of a pair of surrogates.
  return first.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}
