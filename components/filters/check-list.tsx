import { Button } from '#components/ui/button.tsx';
import type { FilterProblem, FilterWarning } from '#lib/filters/types.ts';

const GLYPHS = { high: '●', medium: '◑', low: '◔' } as const;
const WORDS = { high: 'Easy to get past', medium: 'Risky', low: 'Hint' } as const;
const COLOURS = { high: 'text-critical', medium: 'text-high', low: 'text-medium' } as const;

type Props = {
  readonly id: string;
  readonly problems: readonly FilterProblem[];
  readonly warnings: readonly FilterWarning[];
  readonly onTake: (text: string) => void;
};

/** What is wrong with the text, and how somebody could get past the rule, each with a better way. */
export function CheckList({ id, problems, warnings, onTake }: Props) {
  return (
    <ul id={id} className="grid gap-2" aria-live="polite" aria-label="What the check says">
      {problems.map((problem) => (
        <li key={`${problem.from} ${problem.message}`} className="text-critical">
          {problem.message} {problem.remedy}
        </li>
      ))}
      {warnings.map((warning) => (
        <li key={`${warning.check} ${warning.place?.from ?? ''}`}>
          <span className={`font-medium ${COLOURS[warning.severity]}`}>
            <span aria-hidden>{GLYPHS[warning.severity]}</span> {WORDS[warning.severity]}.
          </span>{' '}
          {warning.message}
          {warning.better !== null && (
            <span className="mt-1 flex flex-wrap items-center gap-2">
              <code className="min-w-0 break-all rounded bg-raised px-1.5 py-0.5 font-mono text-[12px]">
                {warning.better}
              </code>
              <Button className="py-0" onClick={() => warning.better !== null && onTake(warning.better)}>
                Use this
              </Button>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
