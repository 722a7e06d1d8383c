import { CodeBlock } from '#components/ui/evidence-text.tsx';
import type { SearchProblem } from '#lib/catalogue/types.ts';

/** Why a search cannot run here, and where in it. */
export function SearchProblemNote({ problem }: { readonly problem: SearchProblem }) {
  return (
    <div className="grid gap-1">
      <p className="text-critical">{problem.message}</p>
      <CodeBlock text={problem.excerpt} className="overflow-x-auto whitespace-pre" />
    </div>
  );
}
