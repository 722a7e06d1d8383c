import { cn } from './cn.ts';
import { visibleParts } from './visible-text.ts';

/** Text from evidence in a line: isolated from what is around it, unseen characters by name, never as HTML. */
export function EvidenceText({
  text,
  className,
  hasLines = false,
}: {
  readonly text: string;
  readonly className?: string;
  /** Line breaks are meant, as in a note; what is around it shows them. */
  readonly hasLines?: boolean;
}) {
  return <bdi className={className}>{renderParts(text, 0, hasLines ? 'block' : 'line')}</bdi>;
}

/** Text from evidence as a block, as it was written, with what matched marked. Ranges are UTF-16 offsets, ascending. */
export function CodeBlock({
  text,
  ranges = [],
  className,
}: {
  readonly text: string;
  readonly ranges?: readonly (readonly [number, number])[];
  readonly className?: string;
}) {
  const pieces: { text: string; isMatch: boolean; at: number }[] = [];
  let from = 0;
  for (const [first, end] of ranges) {
    // Two terms may match overlapping text.
    const start = Math.max(first, from);
    if (start >= Math.min(end, text.length)) continue;
    if (start > from) pieces.push({ text: text.slice(from, start), isMatch: false, at: from });
    pieces.push({ text: text.slice(start, end), isMatch: true, at: start });
    from = end;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), isMatch: false, at: from });
  return (
    <pre
      dir="ltr"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls must be reachable by keyboard
      tabIndex={0}
      className={cn(
        'max-h-[480px] overflow-auto whitespace-pre-wrap break-words rounded-md bg-raised px-3 py-2.5 font-mono text-[12.5px] leading-5 [unicode-bidi:isolate]',
        className,
      )}
    >
      {pieces.map((piece) =>
        piece.isMatch ? (
          <mark key={piece.at}>{renderParts(piece.text, piece.at, 'block')}</mark>
        ) : (
          <span key={piece.at}>{renderParts(piece.text, piece.at, 'block')}</span>
        ),
      )}
    </pre>
  );
}

function renderParts(text: string, at: number, place: 'line' | 'block') {
  const parts = visibleParts(text, place);
  if (parts.length === 1 && parts[0]?.kind === 'text') return parts[0].text;
  return parts.map((part, index) =>
    part.kind === 'text' ? (
      part.text
    ) : (
      <span
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text never change places
        key={`${at}-${index}`}
        title="A character that cannot be seen"
        className="rounded bg-medium-soft px-0.5 text-[11px] text-medium"
      >
        {part.text}
      </span>
    ),
  );
}
