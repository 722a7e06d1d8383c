import { REASON_MIN } from '#lib/filters/limits.ts';
import type { FilterCondition, FilterDraft, FilterForm, FilterOperator } from '#lib/filters/types.ts';

/** What the editor changes: the draft, and the form while it is the face in use. Pure. */

const WITHOUT_VALUE: ReadonlySet<FilterOperator> = new Set(['exists', 'missing']);
const WITH_LIST: ReadonlySet<FilterOperator> = new Set(['one-of', 'none-of']);

export const takesValue = (operator: FilterOperator): boolean => !WITHOUT_VALUE.has(operator);
export const takesList = (operator: FilterOperator): boolean => WITH_LIST.has(operator);

/** Whether the condition says something; one that does not is left out of the text and said to be open. */
export function isComplete({ field, operator, values }: FilterCondition): boolean {
  if (field === '') return false;
  if (!takesValue(operator)) return true;
  return values.length > 0 && values.every((value) => value !== '');
}

export const isFormComplete = (form: FilterForm): boolean =>
  form.items.length > 0 &&
  form.items.every(({ conditions }) => conditions.length > 0 && conditions.every(isComplete));

export const EMPTY_CONDITION: FilterCondition = { field: '', operator: 'is', values: [''] };
export const EMPTY_FORM: FilterForm = { items: [{ conditions: [EMPTY_CONDITION] }] };

/** Another operator keeps what was written, as far as it takes it. */
export function withOperator(condition: FilterCondition, operator: FilterOperator): FilterCondition {
  const values = condition.values.length > 0 ? condition.values : [''];
  if (!takesValue(operator)) return { ...condition, operator, values: [] };
  return { ...condition, operator, values: takesList(operator) ? values : values.slice(0, 1) };
}

export function withCondition(
  form: FilterForm,
  item: number,
  at: number,
  condition: FilterCondition | null,
): FilterForm {
  const items = form.items.map(({ conditions }, index) =>
    index === item
      ? { conditions: conditions.flatMap((one, place) => (place === at ? (condition ?? []) : one)) }
      : { conditions },
  );
  const left = items.filter(({ conditions }) => conditions.length > 0);
  return left.length > 0 ? { items: left } : EMPTY_FORM;
}

export function withMore(form: FilterForm, item: number | null, condition = EMPTY_CONDITION): FilterForm {
  if (item === null) return { items: [...form.items, { conditions: [condition] }] };
  return {
    items: form.items.map(({ conditions }, index) => ({
      conditions: index === item ? [...conditions, condition] : conditions,
    })),
  };
}

const DAY_MS = 86_400_000;

export function daysFromNow(days: number, nowMs: number): string {
  return new Date(nowMs + days * DAY_MS).toISOString();
}

/** What is not filled in yet, by field; empty when the draft can be saved. */
export function missingOf(draft: FilterDraft): Partial<Record<keyof FilterDraft, string>> {
  const missing: Partial<Record<keyof FilterDraft, string>> = {};
  if (draft.name.trim() === '') missing.name = 'Give the rule a name.';
  if (draft.text.trim() === '') missing.text = 'Say what the rule covers.';
  if (draft.reason.trim().length < REASON_MIN)
    missing.reason = `Say why in at least ${REASON_MIN} characters; the next person will read it.`;
  if (draft.outcome === 'lower' && !(draft.factor !== null && draft.factor >= 0 && draft.factor < 1))
    missing.factor = 'Give a number from 0 to less than 1.';
  if (draft.outcome === 'snooze' && draft.snoozeUntil === null) missing.snoozeUntil = 'Say until when.';
  return missing;
}
