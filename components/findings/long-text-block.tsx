'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { CodeBlock } from '#components/ui/evidence-text.tsx';
import type { ReadText } from './inputs.ts';
import { type LongText, MORE_CHARACTERS, restoreText, type TextPart } from './text-part.ts';

type Props = {
  readonly number: number;
  readonly value: LongText;
  /** What the text is, for names of buttons: `ScriptBlockText`. */
  readonly label: string;
  readonly readText: ReadText;
};

/** A text of any length: a first part, and more of it when asked for, so that megabytes do not stop the page. */
export function LongTextBlock({ number, value, label, readText }: Props) {
  const [parts, setParts] = useState<readonly TextPart[]>([value.part]);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const from = parts[0]?.from ?? 0;
  const to = parts.reduce((_, part) => part.from + part.text.length, 0);
  const { length } = value.part;
  const isWhole = from === 0 && to >= length;

  const load = async (
    start: number,
    end: number,
    place: (part: TextPart) => readonly TextPart[],
  ): Promise<void> => {
    setIsBusy(true);
    setError(null);
    try {
      const result = await readText({ number, source: value.source, from: start, size: end - start });
      if (result.ok) setParts(place(result.data));
      else setError(result.error.message);
    } catch {
      setError('The server did not answer. Try again.');
    } finally {
      setIsBusy(false);
    }
  };
  const before = Math.min(MORE_CHARACTERS, from);
  const after = Math.min(MORE_CHARACTERS, length - to);

  return (
    <div className="grid min-w-0 gap-1.5">
      {before > 0 && (
        <Button
          variant="quiet"
          className="justify-self-start"
          disabled={isBusy}
          onClick={() => load(from - before, from, (part) => [part, ...parts])}
        >
          Show the {before.toLocaleString('en')} characters before
        </Button>
      )}
      <div className="relative min-w-0">
        {parts.map((part) => (
          <CodeBlock
            key={part.from}
            text={restoreText(part)}
            ranges={part.ranges}
            className="[contain-intrinsic-size:auto_480px] [content-visibility:auto] not-first:mt-px"
          />
        ))}
        <span className="absolute top-1 right-1 rounded bg-raised">
          <CopyButton
            text={parts.map(restoreText).join('')}
            label={isWhole ? label : `the shown part of ${label}`}
          />
        </span>
      </div>
      {!isWhole && (
        <div className="flex flex-wrap items-center gap-2 text-text-3">
          <span>
            Characters {(from + 1).toLocaleString('en')} to {to.toLocaleString('en')} of{' '}
            {length.toLocaleString('en')}
          </span>
          {after > 0 && (
            <Button disabled={isBusy} onClick={() => load(to, to + after, (part) => [...parts, part])}>
              {isBusy
                ? 'Reading…'
                : after === length - to && from === 0
                  ? `Show all ${length.toLocaleString('en')} characters`
                  : `Show ${after.toLocaleString('en')} more`}
            </Button>
          )}
        </div>
      )}
      {error !== null && (
        <p role="alert" className="text-critical">
          {error}
        </p>
      )}
    </div>
  );
}
