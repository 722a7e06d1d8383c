import type { Technique } from '#lib/content/attack.ts';
import { nameUuid } from '#lib/content/import/name-uuid.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import type { RiskEventItem } from './types.ts';

/** STIX 2.1 (OASIS), as JSON. */
export type StixBundle = {
  readonly type: 'bundle';
  readonly id: string;
  readonly objects: readonly StixObject[];
};
type StixObject = { readonly type: string; readonly id: string; readonly [property: string]: unknown };

/** Namespace of ids that are computed (RFC 9562 version 5), so that the same event has the same id in every export. */
const NAMESPACE = '7b5c0a4e-2f14-5d2a-9a0e-6d0b1c5f3e21';
/** What STIX calls deterministic ids of cyber-observable objects (STIX 2.1, section 2.9). */
const OBSERVABLE_NAMESPACE = '00abedb4-aa42-466c-9c01-fed23315a9b7';

/**
 * Risk events as STIX: each is a sighting of its detection (an indicator) on its object (an identity), with the object as
 * observed data; techniques are attack patterns that indicators indicate.
 */
export function stixBundle(events: readonly RiskEventItem[], techniques: readonly Technique[]): StixBundle {
  const objects = new Map<string, StixObject>();
  const add = (object: StixObject): string => {
    if (!objects.has(object.id)) objects.set(object.id, object);
    return object.id;
  };
  const [earliest] = events.map(({ ticks }) => BigInt(ticks)).sort((a, b) => (a < b ? -1 : 1));
  // Times of objects that have none of their own: the same for the same events.
  const made = stixTime(earliest ?? 0n);
  const creator = add(common('identity', 'jobsight', made, { name: 'Jobsight', identity_class: 'system' }));
  const byId = new Map(techniques.map((technique) => [technique.id, technique]));
  for (const event of events) {
    const time = stixTime(BigInt(event.ticks));
    const indicator = add(
      common('indicator', event.detectionId, made, {
        created_by_ref: creator,
        name: event.detectionName,
        pattern: JSON.stringify({ detection_id: event.detectionId, name: event.detectionName }),
        pattern_type: 'spl',
        indicator_types: ['malicious-activity'],
        valid_from: made,
      }),
    );
    for (const id of event.techniques) {
      const pattern = add(attackPattern(id, byId.get(id), made, creator));
      add(
        common('relationship', `${indicator} indicates ${pattern}`, made, {
          created_by_ref: creator,
          relationship_type: 'indicates',
          source_ref: indicator,
          target_ref: pattern,
        }),
      );
    }
    const where = add(
      common('identity', `${event.objectType} ${event.objectName}`, made, {
        created_by_ref: creator,
        name: event.objectName,
        identity_class: event.objectType === 'user' ? 'individual' : 'system',
      }),
    );
    const key = `${event.findingId} ${event.episode} ${event.objectType} ${event.objectName}`;
    const observed = add(
      common('observed-data', key, time, {
        created_by_ref: creator,
        first_observed: time,
        last_observed: time,
        number_observed: 1,
        object_refs: [add(observable(event))],
      }),
    );
    add(
      common('sighting', key, time, {
        created_by_ref: creator,
        description: event.message,
        first_seen: time,
        last_seen: time,
        count: 1,
        sighting_of_ref: indicator,
        observed_data_refs: [observed],
        where_sighted_refs: [where],
        confidence: Math.round(Math.min(100, Math.max(0, event.score))),
      }),
    );
  }
  const all = [...objects.values()];
  return {
    type: 'bundle',
    id: `bundle--${nameUuid(NAMESPACE, all.map(({ id }) => id).join())}`,
    objects: all,
  };
}

function common(
  type: string,
  key: string,
  time: string,
  properties: Readonly<Record<string, unknown>>,
): StixObject {
  const id = `${type}--${nameUuid(NAMESPACE, `${type} ${key}`)}`;
  return { type, spec_version: '2.1', id, created: time, modified: time, ...properties };
}

function attackPattern(
  id: string,
  technique: Technique | undefined,
  made: string,
  creator: string,
): StixObject {
  return common('attack-pattern', id, made, {
    created_by_ref: creator,
    name: technique?.name ?? id,
    external_references: [
      {
        source_name: 'mitre-attack',
        external_id: id,
        url: technique?.url ?? `https://attack.mitre.org/techniques/${id.replace('.', '/')}/`,
      },
    ],
    ...(technique && technique.tactics.length > 0
      ? {
          kill_chain_phases: technique.tactics.map(({ name }) => ({
            kill_chain_name: 'mitre-attack',
            phase_name: name.toLowerCase().replaceAll(' ', '-'),
          })),
        }
      : {}),
  });
}

/** A user is an account, a system a domain name or an address; what a computer calls itself may be neither. */
function observable({ objectType, objectName }: RiskEventItem): StixObject {
  const [type, property] = observableType(objectType, objectName);
  const id = `${type}--${nameUuid(OBSERVABLE_NAMESPACE, JSON.stringify({ [property]: objectName }))}`;
  return { type, spec_version: '2.1', id, [property]: objectName };
}

const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
/** Labels of RFC 1123. */
const HOST_NAME = /^(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/i;

function observableType(objectType: string, name: string): readonly [type: string, property: string] {
  if (objectType === 'user') return ['user-account', 'account_login'];
  if (IPV4.test(name)) return ['ipv4-addr', 'value'];
  return HOST_NAME.test(name) ? ['domain-name', 'value'] : ['x-jobsight-risk-object', 'value'];
}

/** STIX timestamps are RFC 3339 in UTC; fractions may have any number of digits. */
function stixTime(ticks: bigint): string {
  return formatIsoTime(ticks);
}
