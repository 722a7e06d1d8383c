import { OwnTime } from '#components/time/time.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import type { DeliveryItem } from '#lib/notifications/plain.ts';
import { DELIVERY_STATES, OCCURRENCE_WORDS } from './words.ts';

/** What a channel was told last, and what came back. */
export function DeliveryTable({ deliveries }: { readonly deliveries: readonly DeliveryItem[] }) {
  if (deliveries.length === 0)
    return <p className="text-text-2">Nothing yet. It is told of what happens from now on.</p>;
  return (
    <section aria-label="Deliveries" className="overflow-x-auto">
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Happened</TableHead>
            <TableHead>State</TableHead>
            <TableHead>What</TableHead>
            <TableHead>What came back</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {deliveries.map((delivery) => {
            const state = DELIVERY_STATES[delivery.state];
            return (
              <TableRow key={delivery.id}>
                <TableCell className="whitespace-nowrap font-mono text-[12px]">
                  <OwnTime iso={delivery.createdAt} />
                </TableCell>
                <TableCell className="whitespace-nowrap">
                  <span className={state.className}>
                    <span aria-hidden>{state.glyph}</span> {state.word}
                  </span>
                  {delivery.nextTryAt !== null && (
                    <span className="block text-[12px] text-text-3">
                      {delivery.isHeld ? 'quiet hours until' : delivery.tries > 0 ? 'next try' : 'since'}{' '}
                      <OwnTime iso={delivery.nextTryAt} />
                    </span>
                  )}
                </TableCell>
                <TableCell className="min-w-44">
                  {OCCURRENCE_WORDS[delivery.event]}{' '}
                  <span className="text-text-2">
                    <EvidenceText text={delivery.about} />
                  </span>
                </TableCell>
                <TableCell className="min-w-44 break-words">
                  {delivery.message !== null && <EvidenceText text={delivery.message} />}
                </TableCell>
              </TableRow>
            );
          })}
        </TableBody>
      </Table>
    </section>
  );
}
