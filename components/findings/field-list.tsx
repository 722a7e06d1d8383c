'use client';

import { CopyButton } from '#components/ui/copy-button.tsx';
import { CodeBlock, EvidenceText } from '#components/ui/evidence-text.tsx';
import type { FieldView } from './finding-view.ts';
import type { ReadText } from './inputs.ts';
import { LongTextBlock } from './long-text-block.tsx';
import type { ShownText } from './text-part.ts';
import { counted } from './words.ts';

/** Longer than this, or with line breaks, a value stands in a block of its own. */
const INLINE_CHARACTERS = 160;

type Props = {
  readonly number: number;
  readonly fields: readonly FieldView[];
  readonly readText: ReadText;
};

/** Names and values of fields; several values of one field are a list. */
export function FieldList({ number, fields, readText }: Props) {
  return (
    <dl className="grid grid-cols-1 md:grid-cols-[minmax(120px,200px)_minmax(0,1fr)]">
      {fields.map((field) => (
        <div key={field.name} className="contents">
          <dt className="break-all border-line border-t pt-1.5 text-text-3 md:py-1.5 md:pr-3">
            <EvidenceText text={field.name} />
          </dt>
          <dd className="min-w-0 border-line pb-1.5 md:border-t md:pt-1.5">
            {field.values === null ? (
              <span className="text-text-3">empty</span>
            ) : (
              <FieldValues number={number} field={field} values={field.values} readText={readText} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function FieldValues({
  number,
  field,
  values,
  readText,
}: {
  readonly number: number;
  readonly field: FieldView;
  readonly values: readonly ShownText[];
  readonly readText: ReadText;
}) {
  const value = (text: ShownText) => (
    <FieldValue number={number} name={field.name} text={text} readText={readText} />
  );
  const [only] = values;
  if (only !== undefined && field.valueTotal === 1) return value(only);
  return (
    <>
      <ol className="grid gap-1">
        {values.map((text, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: values of one field never change places
          <li key={index}>{value(text)}</li>
        ))}
      </ol>
      {field.valueTotal > values.length && (
        <p className="text-text-3">{counted(field.valueTotal - values.length, 'more value')}</p>
      )}
    </>
  );
}

function FieldValue({
  number,
  name,
  text,
  readText,
}: {
  readonly number: number;
  readonly name: string;
  readonly text: ShownText;
  readonly readText: ReadText;
}) {
  if (typeof text !== 'string')
    return <LongTextBlock number={number} value={text} label={name} readText={readText} />;
  if (text.length > INLINE_CHARACTERS || text.includes('\n')) {
    return (
      <div className="relative">
        <CodeBlock text={text} className="max-h-72" />
        <span className="absolute top-1 right-1 rounded bg-raised">
          <CopyButton text={text} label={name} />
        </span>
      </div>
    );
  }
  return (
    <span className="flex items-start justify-between gap-2">
      <span className="min-w-0 break-all font-mono text-[12px]">
        {text === '' ? <span className="text-text-3">empty text</span> : <EvidenceText text={text} />}
      </span>
      {text !== '' && <CopyButton text={text} label={name} />}
    </span>
  );
}
