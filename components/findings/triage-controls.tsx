'use client';

import Link from 'next/link';
import { DISPOSITION_WORDS, STATUS_WORDS } from '#components/severity/tags.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, DefinitionList } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Select } from '#components/ui/input.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { FINDING_STATUSES, type FindingStatus } from '#lib/findings/types.ts';
import { useTriage } from './triage-context.tsx';

/** The buttons in the header of one finding. */
export function TriageButtons() {
  const { finding, me, canTriage, isBusy, change, askToClose, filterHref } = useTriage();
  if (!canTriage) return null;
  return (
    <>
      {filterHref !== null && (
        <Button asChild>
          <Link href={filterHref} className="text-text no-underline">
            Filter rule… <Kbd>f</Kbd>
          </Link>
        </Button>
      )}
      {finding.owner?.id !== me.id && (
        <Button disabled={isBusy} onClick={() => change({ ownerId: me.id })}>
          Assign to me <Kbd>a</Kbd>
        </Button>
      )}
      {finding.status === 'closed' ? (
        <Button disabled={isBusy} onClick={() => change({ status: 'in_progress' })}>
          Reopen
        </Button>
      ) : (
        <Button variant="primary" disabled={isBusy} onClick={askToClose}>
          Close… <Kbd>e</Kbd>
        </Button>
      )}
    </>
  );
}

/** Status, disposition, reason and owner; as text for those who may not change them. */
export function TriageCard() {
  const { finding, people, canTriage, isBusy, change, askToClose } = useTriage();
  const isClosed = finding.status === 'closed';
  const owner = finding.owner;
  const chooseStatus = (status: FindingStatus): void => {
    if (status === 'closed') askToClose();
    else change({ status });
  };
  return (
    <Card title="Triage" aria-label="Triage" aria-busy={isBusy}>
      <DefinitionList
        items={[
          [
            'Status',
            canTriage ? (
              <Select
                key="status"
                aria-label="Status"
                value={finding.status}
                disabled={isBusy}
                onChange={(event) => chooseStatus(event.target.value as FindingStatus)}
              >
                {FINDING_STATUSES.map((status) => (
                  <option key={status} value={status}>
                    {STATUS_WORDS[status]}
                    {status === 'closed' && !isClosed ? '…' : ''}
                  </option>
                ))}
              </Select>
            ) : (
              STATUS_WORDS[finding.status]
            ),
          ],
          ...(isClosed
            ? ([
                [
                  'Disposition',
                  <span key="disposition" className="flex flex-wrap items-center gap-2">
                    {finding.disposition === null ? 'none' : DISPOSITION_WORDS[finding.disposition]}
                    {canTriage && (
                      <Button variant="quiet" className="py-0" disabled={isBusy} onClick={askToClose}>
                        Change…
                      </Button>
                    )}
                  </span>,
                ],
                [
                  'Reason',
                  <span key="reason" className="whitespace-pre-wrap">
                    <EvidenceText text={finding.reason ?? 'none'} hasLines />
                  </span>,
                ],
              ] as const)
            : []),
          [
            'Owner',
            canTriage ? (
              <Select
                key="owner"
                aria-label="Owner"
                className="max-w-full"
                value={owner?.id ?? ''}
                disabled={isBusy}
                onChange={(event) => change({ ownerId: event.target.value || null })}
              >
                <option value="">Nobody</option>
                {owner && !people.some((person) => person.id === owner.id) && (
                  <option value={owner.id}>{owner.name}</option>
                )}
                {people.map((person) => (
                  <option key={person.id} value={person.id}>
                    {person.name}
                  </option>
                ))}
              </Select>
            ) : (
              (owner?.name ?? 'Nobody')
            ),
          ],
        ]}
      />
    </Card>
  );
}
