'use client';

import { Plus, X } from 'lucide-react';
import { useId } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Input, Select, Textarea } from '#components/ui/input.tsx';
import {
  FILTER_OPERATORS,
  type FilterCondition,
  type FilterField,
  type FilterForm,
} from '#lib/filters/types.ts';
import { takesList, takesValue, withCondition, withMore, withOperator } from './draft.ts';
import { OPERATOR_WORDS } from './words.ts';

type Props = {
  readonly form: FilterForm;
  readonly fields: readonly FilterField[];
  readonly isReadOnly: boolean;
  readonly onChange: (form: FilterForm) => void;
};

/** What a rule covers, as a form: AND inside a group, OR between groups. */
export function ConditionForm({ form, fields, isReadOnly, onChange }: Props) {
  return (
    <div className="grid gap-2">
      <p className="text-text-3">
        A finding is covered when all conditions of one group hold.
        {form.items.length > 1 && ' One group is enough.'}
      </p>
      {form.items.map((item, itemAt) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: groups have no identity but their place
        <div key={itemAt} className="grid gap-2">
          {itemAt > 0 && <div className="text-center font-medium text-[12px] text-text-3">or</div>}
          <fieldset className="grid gap-1.5 rounded-md border border-line p-2.5" disabled={isReadOnly}>
            <legend className="sr-only">Group {itemAt + 1}</legend>
            {item.conditions.map((condition, at) => (
              <ConditionRow
                // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity but their place
                key={at}
                lead={at === 0 ? 'when' : 'and'}
                condition={condition}
                fields={fields}
                onChange={(next) => onChange(withCondition(form, itemAt, at, next))}
                onRemove={() => onChange(withCondition(form, itemAt, at, null))}
              />
            ))}
            <div>
              <Button variant="quiet" onClick={() => onChange(withMore(form, itemAt))}>
                <Plus size={14} aria-hidden /> and another condition
              </Button>
            </div>
          </fieldset>
        </div>
      ))}
      <div>
        <Button disabled={isReadOnly} onClick={() => onChange(withMore(form, null))}>
          <Plus size={14} aria-hidden /> or another group
        </Button>
      </div>
    </div>
  );
}

function ConditionRow({
  lead,
  condition,
  fields,
  onChange,
  onRemove,
}: {
  readonly lead: string;
  readonly condition: FilterCondition;
  readonly fields: readonly FilterField[];
  readonly onChange: (condition: FilterCondition) => void;
  readonly onRemove: () => void;
}) {
  const values = useId();
  const field = fields.find(({ name }) => name === condition.field);
  const [value = ''] = condition.values;
  return (
    <div className="grid items-start gap-1.5 sm:grid-cols-[40px_minmax(90px,150px)_minmax(90px,170px)_minmax(0,1fr)_28px]">
      <span className="pt-1 text-text-3">{lead}</span>
      <Select
        aria-label="Field"
        className="w-full"
        value={condition.field}
        onChange={(event) => onChange({ ...condition, field: event.target.value })}
      >
        <option value="">choose a field</option>
        {condition.field !== '' && !field && <option>{condition.field}</option>}
        {fields.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </Select>
      <Select
        aria-label="Comparison"
        className="w-full"
        value={condition.operator}
        onChange={(event) => {
          const operator = FILTER_OPERATORS.find((one) => one === event.target.value) ?? 'is';
          onChange(withOperator(condition, operator));
        }}
      >
        {FILTER_OPERATORS.map((operator) => (
          <option key={operator} value={operator}>
            {OPERATOR_WORDS[operator]}
          </option>
        ))}
      </Select>
      {!takesValue(condition.operator) ? (
        <span />
      ) : takesList(condition.operator) ? (
        <Textarea
          aria-label="Values, one a line"
          placeholder="one value a line"
          className="min-h-16 font-mono text-[12px]"
          value={condition.values.join('\n')}
          onChange={(event) => onChange({ ...condition, values: event.target.value.split('\n') })}
        />
      ) : (
        <>
          <Input
            aria-label="Value"
            list={values}
            className="py-1 font-mono text-[12px]"
            value={value}
            onChange={(event) => onChange({ ...condition, values: [event.target.value] })}
          />
          <datalist id={values}>
            {field?.values.map((known) => (
              <option key={known.name} value={known.name}>
                {known.count.toLocaleString('en')}
              </option>
            ))}
          </datalist>
        </>
      )}
      <Button variant="quiet" className="px-1.5" aria-label="Remove the condition" onClick={onRemove}>
        <X size={14} aria-hidden />
      </Button>
    </div>
  );
}
