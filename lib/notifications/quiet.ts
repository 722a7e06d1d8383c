import { nextAfter } from '#lib/sources/schedule.ts';

export type QuietHours = {
  /** `HH:MM` in the zone; null: no quiet hours. */
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
  readonly zone: string;
};

/**
 * When the quiet hours end in which a moment lies; null: it lies in none. They may pass midnight. The beginning belongs to
 * them, the end does not. Local times are those of the zone, also where its clocks are put forward or back.
 */
export function quietUntil({ quietFrom, quietTo, zone }: QuietHours, at: Date): Date | null {
  if (quietFrom === null || quietTo === null || quietFrom === quietTo) return null;
  const local = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);
  const isQuiet =
    quietFrom < quietTo ? local >= quietFrom && local < quietTo : local >= quietFrom || local < quietTo;
  if (!isQuiet) return null;
  const [hour, minute] = quietTo.split(':').map(Number);
  return nextAfter(`${minute} ${hour} * * *`, zone, at);
}
