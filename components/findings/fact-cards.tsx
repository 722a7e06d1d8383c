import Link from 'next/link';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { TechniqueTag } from '#components/severity/tags.tsx';
import { Time, ZoneName } from '#components/time/time.tsx';
import { Card, DefinitionList } from '#components/ui/card.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { CHAIN_TYPE } from '#lib/detection/chain-type.ts';
import type { FindingDetail } from '#lib/findings/types.ts';
import { RISK_THRESHOLD } from '#lib/risk/severity.ts';
import { HostLink } from './host-link.tsx';
import { counted, plural } from './words.ts';

const RECORDS_SHOWN = 6;

/** Host, user, detection, and the files that it was found in. */
export function WhereCard({ finding }: { readonly finding: FindingDetail }) {
  const isChain = finding.detectionType === CHAIN_TYPE;
  return (
    <Card title="Where and who" aria-label="Where and who">
      <DefinitionList
        items={[
          ['Host', <HostLink key="host" dest={finding.dest} hostId={finding.hostId} />],
          ...(isChain ? [['Other hosts', <OtherHosts key="others" finding={finding} />] as const] : []),
          [
            'User',
            finding.user === null ? (
              'none'
            ) : (
              <span key="user" className="break-all font-mono text-[12px]">
                <EvidenceText text={finding.user} />
              </span>
            ),
          ],
          isChain
            ? ['Chain', finding.detectionName]
            : [
                'Detection',
                <Link key="detection" href={`/detections/${finding.detectionId}`}>
                  {finding.detectionName}
                </Link>,
              ],
          ['Type', isChain ? 'Chain' : `${finding.detectionType}, ${finding.variant} variant`],
          ['Evidence', <EvidenceFiles key="evidence" finding={finding} />],
        ]}
      />
    </Card>
  );
}

function OtherHosts({ finding }: { readonly finding: FindingDetail }) {
  const others = (finding.chain?.hosts ?? []).filter(({ id }) => id !== finding.hostId);
  if (others.length === 0) return 'none';
  return (
    <ul>
      {others.map((host) => (
        <li key={host.id}>
          <HostLink dest={host.name} hostId={host.id} />
        </li>
      ))}
    </ul>
  );
}

function EvidenceFiles({ finding }: { readonly finding: FindingDetail }) {
  const files = evidenceFiles(finding);
  if (files.length === 0) return 'deleted';
  return (
    <ul className="grid gap-1.5">
      {files.map((file) => (
        <li key={file.id}>
          <Link href={`/evidence/${file.id}`} prefetch={false} className="break-all">
            <EvidenceText text={file.name} />
          </Link>
          {file.records.length > 0 && (
            <>
              {' · '}
              {plural(file.records.length, 'record')}{' '}
              <EvidenceText text={file.records.slice(0, RECORDS_SHOWN).join(', ')} />
              {file.records.length > RECORDS_SHOWN && ` and ${file.records.length - RECORDS_SHOWN} more`}
            </>
          )}
          {file.sha256 === null ? (
            <span className="block text-[12px] text-text-3">
              still arriving; its SHA-256 comes at the end
            </span>
          ) : (
            <span className="flex items-center gap-1 font-mono text-[12px] text-text-3">
              <span title={file.sha256}>
                sha256 {file.sha256.slice(0, 4)}…{file.sha256.slice(-4)}
              </span>
              <CopyButton text={file.sha256} label={`the SHA-256 of ${file.name}`} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

type EvidenceFile = {
  readonly id: string;
  readonly name: string;
  readonly sha256: string | null;
  readonly records: string[];
};

function evidenceFiles(finding: FindingDetail): readonly EvidenceFile[] {
  const files = new Map<string, EvidenceFile>();
  for (const event of finding.events) {
    for (const { evidenceId: id, evidenceName: name, sha256 } of event.sightings) {
      const file = files.get(id) ?? { id, name, sha256, records: [] };
      files.set(id, file);
      if (event.recordId !== null && !file.records.includes(event.recordId))
        file.records.push(event.recordId);
    }
  }
  return [...files.values()];
}

/** The finding's own score, and what it is part of: the highest 24 h sum of each risk object. */
export function RiskCard({ finding }: { readonly finding: FindingDetail }) {
  if (finding.detectionType === CHAIN_TYPE) {
    return (
      <Card title="Risk" aria-label="Risk">
        <p className="text-text-2">
          A chain has a severity and no score: its members carry theirs, and nothing is counted twice.
        </p>
      </Card>
    );
  }
  return (
    <Card title={`Risk ${finding.riskScore}`} aria-label="Risk">
      <p className="text-text-2">
        {finding.riskScore === 0 ? 'If it counted' : 'This finding'}: impact {finding.impact} × confidence{' '}
        {finding.confidence} % = {(finding.impact * finding.confidence) / 100}
      </p>
      {finding.riskObjects.length === 0 && <p className="mt-1 text-text-3">{noRiskWords(finding)}</p>}
      {finding.riskObjects.map((object) => (
        <section key={`${object.type} ${object.name}`} className="mt-3" aria-label={`Risk of ${object.type}`}>
          <h3 className="flex flex-wrap items-center gap-2 break-all">
            {object.type}{' '}
            {object.hostId === null ? (
              <EvidenceText text={object.name} className="font-mono font-normal text-[12px]" />
            ) : (
              <HostLink dest={object.name} hostId={object.hostId} />
            )}
            <SeverityBadge severity={object.severity} label={String(object.peakScore)} />
          </h3>
          <p className="text-text-3">
            highest sum in 24 h: <Time ticks={object.peakStartTicks} precision={3} /> to{' '}
            <Time ticks={object.peakEndTicks} precision={3} /> <ZoneName />
          </p>
          <ul className="mt-1">
            {object.parts.map((part) => (
              <li key={part.label} className="flex justify-between gap-3 border-line border-t py-1">
                <span>
                  {part.count} × {part.label}
                </span>
                <span>{part.score}</span>
              </li>
            ))}
            <li className="flex justify-between gap-3 border-line border-t py-1 text-text-3">
              <span>Threshold {RISK_THRESHOLD} in 24 h</span>
              {object.peakScore > RISK_THRESHOLD ? (
                <SeverityBadge severity={object.severity} label="passed" />
              ) : (
                <span>not passed</span>
              )}
            </li>
          </ul>
        </section>
      ))}
    </Card>
  );
}

function noRiskWords(finding: FindingDetail): string {
  if (finding.state !== 'active') return 'It adds nothing to any sum, because it is no longer in force.';
  if (finding.mode !== 'strict') return 'It adds nothing to any sum: only strict findings count.';
  if (finding.disposition === 'false_positive' || finding.disposition === 'benign_positive')
    return 'It adds nothing to any sum, because it was closed as harmless.';
  return 'It adds nothing to any sum, because its host and user are unknown.';
}

/** Techniques with their tactics, and the other frameworks that the detection names. */
export function AttackCard({ finding }: { readonly finding: FindingDetail }) {
  return (
    <Card title="ATT&CK" aria-label="ATT&CK">
      <ul className="grid gap-1.5">
        {finding.techniqueDetails.map((technique) => (
          <li key={technique.id}>
            <TechniqueTag id={technique.id} name={technique.name} /> {technique.name}{' '}
            <span className="text-text-3">· {technique.tactics.map((tactic) => tactic.name).join(', ')}</span>
          </li>
        ))}
      </ul>
      <p className="mt-2 text-text-3">
        Kill chain: {orNone(finding.killChain)} · NIST {orNone(finding.nist)} · {cisWords(finding.cis)}
      </p>
    </Card>
  );
}

function orNone(values: readonly string[]): string {
  return values.length > 0 ? values.join(', ') : 'none';
}

/** The content names them `CIS 10`. */
function cisWords(values: readonly string[]): string {
  return values.length > 0 ? values.join(', ') : 'CIS none';
}

/** Episodes more than a day apart; said only when there is more than one. */
export function EpisodesCard({ finding }: { readonly finding: FindingDetail }) {
  if (finding.episodes.length < 2) return null;
  return (
    <Card
      title={counted(finding.episodes.length, 'episode')}
      aside="more than 24 h apart"
      aria-label="Episodes"
    >
      <ol>
        {finding.episodes.map((episode) => (
          <li
            key={episode.startTicks}
            className="border-line border-t py-1 font-mono text-[12px] first:border-t-0"
          >
            <Time ticks={episode.startTicks} precision={3} /> to{' '}
            <Time ticks={episode.endTicks} precision={3} />{' '}
            <span className="font-sans text-text-3">{counted(episode.count, 'event')}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
