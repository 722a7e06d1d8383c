import { Chip } from '#components/ui/chip.tsx';
import type { Disposition, FindingStatus } from '#lib/findings/types.ts';

/** An ATT&CK technique; leads to its place on the ATT&CK page. */
export function TechniqueTag({ id, name }: { readonly id: string; readonly name?: string }) {
  return (
    <a
      href={`/attack#${id}`}
      title={name}
      className="whitespace-nowrap rounded border border-line px-1.5 font-medium font-mono text-[11.5px] text-accent no-underline"
    >
      {id}
    </a>
  );
}

export const STATUS_WORDS: Readonly<Record<FindingStatus, string>> = {
  new: 'New',
  in_progress: 'In progress',
  on_hold: 'On hold',
  closed: 'Closed',
};

export const DISPOSITION_WORDS: Readonly<Record<Disposition, string>> = {
  true_positive: 'True positive',
  benign_positive: 'Benign positive',
  false_positive: 'False positive',
  undetermined: 'Undetermined',
};

export function StatusChip({
  status,
  disposition,
}: {
  readonly status: FindingStatus;
  readonly disposition?: Disposition | null;
}) {
  return (
    <Chip>
      {STATUS_WORDS[status]}
      {disposition ? ` · ${DISPOSITION_WORDS[disposition]}` : ''}
    </Chip>
  );
}
