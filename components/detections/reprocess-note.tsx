import Link from 'next/link';
import { formatBytes, plural } from '#components/evidence/format.ts';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Progress } from '#components/ui/states.tsx';
import type { ReprocessProgress } from '#lib/catalogue/types.ts';

/** How far stored evidence was read again. */
export function ReprocessNote({ progress }: { readonly progress: ReprocessProgress }) {
  const { fileDone, fileTotal, byteDone, byteTotal, isDone, failures } = progress;
  return (
    <div className="grid gap-1.5" role="status">
      {isDone ? (
        <p className="text-text-2">
          Stored evidence was read again: {plural(fileTotal, 'file')}, {formatBytes(byteTotal)}.
        </p>
      ) : (
        <>
          <p>
            Reading stored evidence again: {formatBytes(byteDone)} of {formatBytes(byteTotal)}, {fileDone} of{' '}
            {plural(fileTotal, 'file')} done. What was enabled or switched counts when this ends.
          </p>
          <Progress
            value={byteTotal === 0 ? 0 : byteDone / byteTotal}
            label="Reading stored evidence again"
          />
        </>
      )}
      {failures.map((failure) => (
        <p key={failure.evidenceId} className="text-critical">
          <Link href={`/evidence/${failure.evidenceId}`}>
            <EvidenceText text={failure.name} />
          </Link>{' '}
          {failure.message} Its findings stay as they were.
        </p>
      ))}
    </div>
  );
}
