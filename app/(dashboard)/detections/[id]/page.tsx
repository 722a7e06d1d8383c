import Link from 'next/link';
import { notFound } from 'next/navigation';
import { Suspense } from 'react';
import { ComparisonView } from '#components/detections/comparison-view.tsx';
import { disablingConsequences, enablingConsequences } from '#components/detections/consequences.ts';
import { ChangeDetection } from '#components/detections/detection-controls.tsx';
import { DetectionFacts } from '#components/detections/detection-facts.tsx';
import { DetectionHistory } from '#components/detections/detection-history.tsx';
import { HostLists } from '#components/detections/host-lists.tsx';
import { ReprocessNote } from '#components/detections/reprocess-note.tsx';
import { DetectionStatusChip } from '#components/detections/status-chip.tsx';
import { VariantsCard } from '#components/detections/variants-card.tsx';
import { AutoRefresh } from '#components/shell/auto-refresh.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { ErrorState } from '#components/ui/states.tsx';
import { type Actor, can } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { compareVariants } from '#lib/catalogue/compare.ts';
import { reprocessProgress } from '#lib/catalogue/progress.ts';
import { getDetection } from '#lib/catalogue/queries.ts';
import type { DetectionDetail, DetectionVariantItem } from '#lib/catalogue/types.ts';
import { AppError } from '#lib/errors.ts';

export const metadata = { title: 'Detection' };

export default async function DetectionPage({
  params,
  searchParams,
}: {
  readonly params: Promise<{ id: string }>;
  readonly searchParams: Promise<{ compare?: string }>;
}) {
  const actor = await requireActor();
  const [{ id }, { compare }] = await Promise.all([params, searchParams]);
  const [detail, progress] = await Promise.all([
    getDetection(actor, id).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'not-found') notFound();
      throw error;
    }),
    reprocessProgress(actor),
  ]);
  const canManage = can(actor, 'manage-detections');
  const isReading = detail.status === 'being-read' && progress !== null && !progress.isDone;
  const { shown, other } = pickVariants(detail, compare);
  return (
    <>
      {isReading && <AutoRefresh />}
      <PageHeader
        actions={
          <>
            <Button asChild>
              <a href={`/api/v1/detections/${detail.id}/export?as=yaml`} download>
                YAML
              </a>
            </Button>
            {detail.hasSigma && (
              <Button asChild>
                <a href={`/api/v1/detections/${detail.id}/export?as=sigma`} download>
                  Sigma
                </a>
              </Button>
            )}
            {canManage && shown && <Switch detail={detail} variant={shown} />}
          </>
        }
      >
        <Link href="/detections" className="text-text-3">
          Detections /
        </Link>
        <h1 className="truncate">
          <EvidenceText text={detail.name} />
        </h1>
        <DetectionStatusChip status={detail.status} />
      </PageHeader>
      <div className="grid items-start gap-3 p-4 md:px-5 lg:grid-cols-[minmax(0,1fr)_380px]">
        <div className="grid gap-3">
          {detail.stopped !== null && <ErrorState title="Switched off">{detail.stopped}</ErrorState>}
          {isReading && (
            <Card>
              <ReprocessNote progress={progress} />
            </Card>
          )}
          <Card title="What it looks for">
            <p className="max-w-[780px] whitespace-pre-line text-text-2">
              <EvidenceText text={detail.description} hasLines />
            </p>
          </Card>
          {shown && (
            <VariantsCard
              detail={detail}
              shown={shown}
              other={other}
              canManage={canManage}
              comparison={
                other &&
                other.problem === null && (
                  <Suspense fallback={<p className="mt-4 border-t pt-3 text-text-3">Comparing findings…</p>}>
                    <Comparison actor={actor} id={detail.id} other={other.name} />
                  </Suspense>
                )
              }
            />
          )}
          <Card title="What it needs">
            <p className="max-w-[780px] whitespace-pre-line">
              <EvidenceText text={detail.howToImplement || 'Its author says nothing about it.'} hasLines />
            </p>
          </Card>
          <HostLists detail={detail} />
          <Card title="Known false positives">
            <p className="max-w-[780px] whitespace-pre-line">
              <EvidenceText text={detail.knownFalsePositives || 'Its author names none.'} hasLines />
            </p>
          </Card>
        </div>
        <div className="grid gap-3">
          <DetectionFacts detail={detail} canManage={canManage} />
          <DetectionHistory detail={detail} />
        </div>
      </div>
    </>
  );
}

/** The variant that counts, or would; and the one that it is compared with. */
function pickVariants(
  { searches, wantedVariant }: DetectionDetail,
  compare: string | undefined,
): { shown: DetectionVariantItem | null; other: DetectionVariantItem | null } {
  const counting = searches.find(({ isCounting }) => isCounting);
  const shown = counting ?? searches.find(({ name }) => name === wantedVariant) ?? null;
  const others = searches.filter((variant) => variant !== shown);
  const other =
    others.find(({ name }) => name === compare) ??
    others.find(({ name }) => name === wantedVariant) ??
    others[0];
  return { shown, other: other ?? null };
}

function Switch({
  detail,
  variant,
}: {
  readonly detail: DetectionDetail;
  readonly variant: DetectionVariantItem;
}) {
  if (detail.isEnabled) {
    return (
      <ChangeDetection
        id={detail.id}
        change={{ isEnabled: false }}
        label="Disable"
        title="Disable this detection?"
        done="It is disabled."
        consequences={disablingConsequences(detail)}
      />
    );
  }
  if (variant.problem !== null) return null;
  return (
    <ChangeDetection
      id={detail.id}
      change={{ isEnabled: true }}
      label="Enable"
      title="Enable this detection?"
      done="It is enabled."
      consequences={enablingConsequences(detail, variant)}
      isPrimary
    />
  );
}

async function Comparison({
  actor,
  id,
  other,
}: {
  readonly actor: Actor;
  readonly id: string;
  readonly other: string;
}) {
  return <ComparisonView comparison={await compareVariants(actor, id, other)} />;
}
