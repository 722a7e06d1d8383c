import type { ChannelItem, DeliveryItem } from '#lib/notifications/plain.ts';
import type { ChannelEvent } from '#lib/notifications/types.ts';

/** The words that the screens use for the closed unions of notifications. */

export const EVENT_WORDS: Readonly<Record<ChannelEvent, string>> = {
  'new-finding': 'New findings',
  incident: 'Incidents',
  'source-failure': 'A source fails',
  'source-mended': 'A source works again',
};

export const OCCURRENCE_WORDS: Readonly<Record<DeliveryItem['event'], string>> = {
  'new-finding': 'New finding',
  incident: 'Incident',
  'source-failure': 'Source failing',
  'source-mended': 'Source works again',
  test: 'Test',
};

export const DELIVERY_STATES: Readonly<
  Record<DeliveryItem['state'], { readonly glyph: string; readonly word: string; readonly className: string }>
> = {
  waiting: { glyph: '○', word: 'waits', className: 'text-text-2' },
  sent: { glyph: '●', word: 'sent', className: 'text-good' },
  failed: { glyph: '✕', word: 'given up', className: 'text-critical' },
};

/** `incidents, new findings from medium` */
export function wantsWords({ wants, leastSeverity }: Pick<ChannelItem, 'wants' | 'leastSeverity'>): string {
  return wants
    .map((one) =>
      one === 'new-finding' && leastSeverity !== 'info'
        ? `${EVENT_WORDS[one].toLowerCase()} from ${leastSeverity}`
        : EVENT_WORDS[one].toLowerCase(),
    )
    .join(', ');
}
