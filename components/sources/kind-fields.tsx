'use client';

import { Field, Input, Select, Textarea } from '#components/ui/input.tsx';
import type { SourceField } from '#lib/sources/types.ts';

/** Fields that a kind of source or channel asks for. */
export type Values = Readonly<Record<string, string | boolean>>;

/** What the fields show first: what is stored, else what a new one has. Secrets are never shown. */
export function initialValues(
  fields: readonly SourceField[],
  settings: Readonly<Record<string, unknown>>,
): Values {
  return Object.fromEntries(
    fields.map((field) => {
      const stored = field.isSecret ? undefined : settings[field.name];
      const value = stored ?? field.initial ?? (field.input === 'switch' ? false : '');
      if (typeof value === 'boolean') return [field.name, value];
      return [field.name, Array.isArray(value) ? value.join('\n') : String(value)];
    }),
  );
}

/** What the kind's schema reads; an empty text is no answer. */
export function given(fields: readonly SourceField[], values: Values): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap(({ name, input }): [string, unknown][] => {
      const value = values[name] ?? '';
      if (typeof value === 'boolean') return [[name, value]];
      const text = value.trim();
      if (input === 'list')
        return [
          [
            name,
            text
              .split('\n')
              .map((one) => one.trim())
              .filter((one) => one !== ''),
          ],
        ];
      if (text === '') return [];
      return [[name, input === 'number' ? Number(text) : text]];
    }),
  );
}

export function KindField({
  field,
  values,
  onChange,
}: {
  readonly field: SourceField;
  readonly values: Values;
  readonly onChange: (values: Values) => void;
}) {
  const value = values[field.name] ?? '';
  const set = (next: string | boolean): void => onChange({ ...values, [field.name]: next });
  if (field.input === 'switch')
    return (
      <label className="flex items-center gap-2">
        <input
          type="checkbox"
          className="accent-accent"
          checked={value === true}
          onChange={(event) => set(event.target.checked)}
        />
        {field.label}
        {field.hint && <span className="text-text-3">{field.hint}</span>}
      </label>
    );
  return (
    <Field
      label={field.isRequired ? field.label : `${field.label} (may be empty)`}
      {...(field.hint ? { hint: field.hint } : {})}
    >
      {(ids) =>
        field.input === 'choice' ? (
          <Select {...ids} value={String(value)} onChange={(event) => set(event.target.value)}>
            {field.choices?.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.label}
              </option>
            ))}
          </Select>
        ) : field.input === 'lines' || field.input === 'list' ? (
          <Textarea
            {...ids}
            className="font-mono text-[12px]"
            value={String(value)}
            onChange={(event) => set(event.target.value)}
          />
        ) : (
          <Input
            {...ids}
            type={field.isSecret ? 'password' : field.input === 'number' ? 'number' : 'text'}
            autoComplete={field.isSecret ? 'new-password' : 'off'}
            value={String(value)}
            onChange={(event) => set(event.target.value)}
          />
        )
      }
    </Field>
  );
}
