import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import type { NotificationChannel, NotificationDelivery } from '#lib/db/generated/client.ts';
import { fromPostgres, type JsonValue, jsonFromPostgres } from '#lib/db/postgres-text.ts';
import { AppError } from '#lib/errors.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { CHANNEL_KINDS, channelKind } from './kinds.ts';
import { USUAL_BODY, USUAL_TITLE } from './message.ts';
import type { ChannelDetail, ChannelItem, ChannelKindItem, DeliveryItem } from './plain.ts';
import { PLACEHOLDERS } from './template.ts';
import { visibleLine } from './text.ts';
import type { ChannelEvent, Occurrence } from './types.ts';

/** What the form tells of templates. */
export const TEMPLATE_HELP = {
  placeholders: Object.entries(PLACEHOLDERS),
  usual: { title: USUAL_TITLE, body: USUAL_BODY },
} as const;

const DELIVERIES_SHOWN = 50;

/** Channels by name. */
export async function listChannels(actor: Actor): Promise<readonly ChannelItem[]> {
  requirePermission(actor, 'manage-sources');
  const rows = await db.notificationChannel.findMany({
    where: { investigationId: DEFAULT_INVESTIGATION },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
  return Promise.all(rows.map(channelItem));
}

/** Throws AppError `not-found`. */
export async function getChannel(actor: Actor, id: string): Promise<ChannelDetail> {
  requirePermission(actor, 'manage-sources');
  const row = await db.notificationChannel.findUnique({
    where: { id },
    include: {
      deliveries: { orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: DELIVERIES_SHOWN },
    },
  });
  if (!row) throw new AppError('not-found', 'There is no such channel.');
  return { ...(await channelItem(row)), deliveries: row.deliveries.map(deliveryItem) };
}

/** The kinds of channels that can be added. */
export function listChannelKinds(actor: Actor): readonly ChannelKindItem[] {
  requirePermission(actor, 'manage-sources');
  return CHANNEL_KINDS.map(({ kind, label, description, fields }) => ({ kind, label, description, fields }));
}

async function channelItem(row: NotificationChannel): Promise<ChannelItem> {
  const [counts, last] = await Promise.all([
    db.notificationDelivery.groupBy({
      by: ['state'],
      where: { channelId: row.id, state: { not: 'sent' } },
      _count: true,
    }),
    db.notificationDelivery.aggregate({ where: { channelId: row.id }, _max: { sentAt: true } }),
  ]);
  const countOf = (state: string): number => counts.find((one) => one.state === state)?._count ?? 0;
  return {
    id: row.id,
    kind: row.kind,
    kindLabel: channelKind(row.kind).label,
    name: row.name,
    settings: jsonFromPostgres(row.settings as JsonValue) as Record<string, unknown>,
    hasSecrets: row.secrets !== null,
    wants: row.wants as ChannelEvent[],
    leastSeverity: row.leastSeverity,
    quietFrom: row.quietFrom,
    quietTo: row.quietTo,
    zone: row.zone,
    titleTemplate: row.titleTemplate,
    bodyTemplate: row.bodyTemplate,
    baseUrl: row.baseUrl,
    isEnabled: row.isEnabled,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    failingSince: row.failingSince?.toISOString() ?? null,
    failure: row.failure === null ? null : fromPostgres(row.failure),
    lastSentAt: last._max.sentAt?.toISOString() ?? null,
    waitingCount: countOf('waiting'),
    failedCount: countOf('failed'),
  };
}

function deliveryItem(row: NotificationDelivery): DeliveryItem {
  const occurrence = jsonFromPostgres(row.payload as JsonValue) as unknown as Occurrence;
  return {
    id: row.id,
    event: occurrence.event,
    about: visibleLine(aboutOf(occurrence)),
    state: row.state,
    isHeld: row.isHeld,
    tries: row.tries,
    nextTryAt: row.state === 'waiting' ? row.nextTryAt.toISOString() : null,
    message: row.message === null ? null : fromPostgres(row.message),
    createdAt: row.createdAt.toISOString(),
    sentAt: row.sentAt?.toISOString() ?? null,
  };
}

function aboutOf(occurrence: Occurrence): string {
  if ('findingNumber' in occurrence)
    return [`F-${occurrence.findingNumber}`, occurrence.detection, occurrence.host ?? '']
      .filter((part) => part !== '')
      .join(' · ');
  return 'source' in occurrence ? occurrence.source : occurrence.channel;
}
