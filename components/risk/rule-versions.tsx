'use client';

import { OwnTime } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { FactorVersion } from '#lib/risk/types.ts';

type Shown = Pick<
  FactorVersion,
  'version' | 'condition' | 'isEnabled' | 'isRemoved' | 'reason' | 'revertOf' | 'author' | 'createdAt'
> & { readonly effect: string };

/** Versions of a rule, the latest first, each a step back to. */
export function RuleVersions({
  versions,
  canManage,
  isPending,
  onRevert,
}: {
  readonly versions: readonly Shown[];
  readonly canManage: boolean;
  readonly isPending: boolean;
  readonly onRevert: (version: number) => void;
}) {
  return (
    <details>
      <summary className="text-[12px] text-accent">Versions ({versions.length})</summary>
      <ol className="grid gap-1.5 pt-1">
        {versions.map((version, index) => (
          <li key={version.version} className="flex flex-wrap items-baseline gap-x-2 border-t pt-1">
            <b className="font-medium">{version.version}</b>
            <code className="min-w-0 break-words font-mono text-[12px]">{version.condition}</code>
            <span>{version.effect}</span>
            {version.isRemoved && <span className="text-text-3">removed</span>}
            {!version.isEnabled && <span className="text-text-3">off</span>}
            {version.revertOf !== null && <span className="text-text-3">as version {version.revertOf}</span>}
            <span className="min-w-0 break-words text-text-3">
              <EvidenceText text={`${version.author}: ${version.reason}`} />,{' '}
              <OwnTime iso={version.createdAt} />
            </span>
            {canManage && index > 0 && !version.isRemoved && (
              <Button
                variant="quiet"
                className="py-0"
                disabled={isPending}
                onClick={() => onRevert(version.version)}
              >
                Go back to version {version.version}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}
