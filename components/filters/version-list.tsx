import { diffWords, type Range } from '#components/detections/diff.ts';
import { OwnTime, Time } from '#components/time/time.tsx';
import { Card, DefinitionList } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { FilterVersion } from '#lib/filters/types.ts';
import type { RuleActions } from './actions.ts';
import { RevertButton } from './rule-controls.tsx';
import { outcomeWords, VERSION_STATE_WORDS } from './words.ts';

type Props = {
  readonly id: string;
  readonly number: number;
  readonly versions: readonly FilterVersion[];
  readonly canWrite: boolean;
  readonly detectionNames: ReadonlyMap<string, string>;
  readonly actions: RuleActions;
};

/** Every version with who, when, why and what it changed; nothing is ever overwritten. */
export function VersionList({ id, number, versions, canWrite, detectionNames, actions }: Props) {
  return (
    <Card title="Versions" aside="the latest first">
      <ol className="grid gap-4">
        {versions.map((version, index) => {
          const before = versions[index + 1];
          return (
            <li key={version.number} className="grid gap-1.5 border-line not-last:border-b not-last:pb-4">
              <div className="flex flex-wrap items-baseline gap-x-2">
                <b className="font-semibold">Version {version.number}</b>
                <span className="text-text-2">{VERSION_STATE_WORDS[version.state]}</span>
                <span className="text-text-3">
                  {version.author}, <OwnTime iso={version.createdAt} />
                  {version.revertOf !== null && ` · back to version ${version.revertOf}`}
                </span>
                <span className="flex-1" />
                {canWrite && version.state === 'ended' && (
                  <RevertButton id={id} number={number} version={version.number} actions={actions} />
                )}
              </div>
              <p className="whitespace-pre-wrap">
                <EvidenceText text={version.reason} hasLines />
              </p>
              {version.decidedBy !== null && version.decidedAt !== null && (
                <p className="text-text-2">
                  {version.state === 'rejected' ? 'Rejected' : 'Approved'} by {version.decidedBy},{' '}
                  <OwnTime iso={version.decidedAt} />: <EvidenceText text={version.decision ?? ''} />
                </p>
              )}
              {version.conflicts.length > 0 && (
                <p className="text-text-2">
                  Needed approval because of {version.conflicts.map((one) => `F-${one}`).join(', ')}.
                </p>
              )}
              <Marked text={version.text} ranges={before ? diffWords(before.text, version.text).right : []} />
              {before && <Gone before={before.text} now={version.text} />}
              <DefinitionList items={factsOf(version, before, detectionNames)} />
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

/** The facts of the first version, and of a later one those that differ from the one before. */
function factsOf(
  version: FilterVersion,
  before: FilterVersion | undefined,
  names: ReadonlyMap<string, string>,
): readonly (readonly [string, React.ReactNode])[] {
  const facts = (of: FilterVersion): readonly (readonly [string, string, React.ReactNode])[] => [
    ['Name', of.name, <EvidenceText key="name" text={of.name} />],
    ['Outcome', outcomeWords(of), outcomeWords(of)],
    [
      'Snooze until',
      of.snoozeUntil ?? '',
      of.snoozeUntil ? <OwnTime key="snooze" iso={of.snoozeUntil} /> : 'none',
    ],
    [
      'Detections',
      of.detectionIds.join(' '),
      of.detectionIds.length === 0 ? 'every' : of.detectionIds.map((one) => names.get(one) ?? one).join(', '),
    ],
    ['Hosts', of.hosts.join(' '), of.hosts.length === 0 ? 'every' : of.hosts.join(', ')],
    [
      'Window',
      JSON.stringify(of.window),
      of.window ? (
        <span key="window">
          {of.window.fromTicks === null ? 'any' : <Time ticks={of.window.fromTicks} precision={0} />} to{' '}
          {of.window.toTicks === null ? 'any' : <Time ticks={of.window.toTicks} precision={0} />}, written in{' '}
          {of.window.zone}
        </span>
      ) : (
        'any time'
      ),
    ],
    ['Expires', of.expiresAt ?? '', of.expiresAt ? <OwnTime key="expires" iso={of.expiresAt} /> : 'never'],
    ['Ticket', of.ticket ?? '', of.ticket ?? 'none'],
    ['Owner', of.ownerId ?? '', of.owner?.name ?? 'nobody'],
  ];
  const known = before ? new Map(facts(before).map(([term, key]) => [term, key])) : null;
  return facts(version).flatMap(([term, key, told]) =>
    known
      ? known.get(term) === key
        ? []
        : [[term, told] as const]
      : key === ''
        ? []
        : [[term, told] as const],
  );
}

function Marked({ text, ranges }: { readonly text: string; readonly ranges: readonly Range[] }) {
  return (
    <code className="block whitespace-pre-wrap break-all rounded bg-raised px-2 py-1.5 font-mono text-[12px]">
      {pieces(text, ranges).map(({ from, piece, isMarked }) =>
        isMarked ? <mark key={from}>{piece}</mark> : <span key={from}>{piece}</span>,
      )}
    </code>
  );
}

function Gone({ before, now }: { readonly before: string; readonly now: string }) {
  const gone = diffWords(before, now).left;
  if (gone.length === 0) return null;
  return (
    <p className="text-text-3">
      Gone:{' '}
      {gone.map(([from, to]) => (
        <del key={from} className="mr-1.5 break-all font-mono text-[12px]">
          {before.slice(from, to)}
        </del>
      ))}
    </p>
  );
}

function pieces(text: string, ranges: readonly Range[]) {
  const cuts = [...new Set([0, ...ranges.flat(), text.length])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, index) => ({
    from,
    piece: text.slice(from, cuts[index + 1]),
    isMarked: ranges.some(([start, end]) => from >= start && from < end),
  }));
}
