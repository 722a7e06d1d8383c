import { Field, Textarea } from '#components/ui/input.tsx';

/** An SPL condition with the fields that it may ask for. */
export function ConditionField({
  value,
  error,
  fields,
  onChange,
}: {
  readonly value: string;
  readonly error: string | null;
  readonly fields: readonly string[];
  readonly onChange: (value: string) => void;
}) {
  return (
    <div className="grid gap-1">
      <Field label="Condition" hint="SPL, as behind | where." error={error}>
        {(ids) => (
          <Textarea
            {...ids}
            spellCheck={false}
            className="min-h-16 font-mono text-[12.5px]"
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
      <details>
        <summary className="text-[12px] text-accent">Fields</summary>
        <p className="break-words font-mono text-[12px] text-text-2">{fields.join(', ')}</p>
        <p className="text-[12px] text-text-3">
          A name with dots stands in single quotes; a field that is not there is null.
        </p>
      </details>
    </div>
  );
}
