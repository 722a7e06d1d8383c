import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { currentKnowledge } from '#lib/catalogue/current.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { HOUR_TICKS } from '#lib/events/ticks.ts';
import { Random } from '#lib/evidence/testing/random.ts';
import { getFinding } from '#lib/findings/queries.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { ANALYST, useTestInstance } from '#lib/jobs/testing.ts';
import { getOverview } from '#lib/reports/queries.ts';
import { getHost } from '#lib/timeline/queries.ts';
import { importEntities } from './entity-commands.ts';
import { getIncident } from './incident-commands.ts';
import { listIncidents } from './incidents.ts';
import { incidentQuery, riskObjectQuery } from './inputs.ts';
import { getRiskObject } from './object-detail.ts';
import { listRiskObjects } from './queries.ts';
import { recomputeRisk } from './recompute.ts';
import { addFactor, changeFactor, changeRiskSettings } from './rule-commands.ts';
import { calculatedScore, sumOf } from './score.ts';
import { readRiskSettings } from './settings.ts';
import type { FactorPart, RiskObjectType } from './types.ts';

useTestDatabase();
useTestInstance();

const OPERATIONS = 1_000;
const SCREENS_EVERY = 100;
const HOSTS = ['srv1.corp.example', 'srv2.corp.example', 'ws7.corp.example'];
const USERS = ['CORP\\adm', 'CORP\\svc', 'unknown', 'S-1-5-21-1-2-3-1001'];
const START = 17_096_000_000_000_000n;

/** The same operations in every run. */
const chance = new Random(20_240_305);
const random = (below: number): number => chance.below(below);
const oneOf = <T>(values: readonly T[]): T => chance.pick(values);

let hostIds: string[] = [];
let rules: { id: string; variant: string; objects: readonly { type: string }[] }[] = [];

beforeAll(async () => {
  await db.host.createMany({
    data: HOSTS.map((name) => ({ name, investigationId: DEFAULT_INVESTIGATION })),
  });
  hostIds = (await db.host.findMany({ orderBy: { name: 'asc' } })).map(({ id }) => id);
  rules = (await currentKnowledge()).rules
    .filter(({ evaluation }) => evaluation === 'strict')
    .map(({ id, variant, riskObjects }) => ({ id, variant, objects: riskObjects }));
  const list = 'nt_host,priority,category\nsrv1,critical,pci|servers\nws7,low,\n';
  await importEntities(ANALYST, { kind: 'asset', mode: 'replace' }, 'assets.csv', Buffer.from(list));
});

let inserted = 0;

async function insertFinding(): Promise<void> {
  inserted += 1;
  const id = createHash('sha256').update(String(inserted)).digest('hex');
  const place = random(HOSTS.length);
  const rule = oneOf(rules);
  await db.finding.create({
    data: {
      id,
      investigationId: DEFAULT_INVESTIGATION,
      detectionId: rule.id,
      variant: rule.variant,
      mode: 'strict',
      hostId: hostIds[place],
      sentence: `finding ${inserted}`,
      count: 1,
      riskScore: oneOf([25, 40, 33.3, 0.1, 64]),
      severity: 'medium',
      row: [
        ['dest', HOSTS[place] ?? ''],
        ['user', oneOf(USERS)],
      ],
      episodes: {
        create: Array.from({ length: 1 + random(3) }, (_, number) => {
          const startTicks = START + BigInt(random(24 * 20)) * HOUR_TICKS + BigInt(random(1_000_000));
          return { number, startTicks, endTicks: startTicks, count: 1 };
        }),
      },
    },
  });
  await recompute();
}

async function changeSome(data: Parameters<typeof db.finding.update>[0]['data']): Promise<void> {
  const findings = await db.finding.findMany({ select: { id: true }, orderBy: { id: 'asc' } });
  if (findings.length > 0) await db.finding.update({ where: { id: oneOf(findings).id }, data });
  await recompute();
}

async function recompute(): Promise<void> {
  const knowledge = await currentKnowledge();
  await db.$transaction((tx) => recomputeRisk(tx, DEFAULT_INVESTIGATION, knowledge, 1_709_600_000_000));
}

const FACTORS = [
  { condition: 'priority="critical"', operation: 'multiply', value: 1.5 },
  { condition: 'risk_object_type="user" AND risk_score>=30', operation: 'add', value: -7.25 },
  { condition: 'match(category, "pci") OR isnull(priority)', operation: 'add', value: 10 },
] as const;
const factorIds: string[] = [];

/** Each leaves risk recomputed. */
const OPERATION: readonly (readonly [weight: number, perform: () => Promise<void>])[] = [
  [34, insertFinding],
  [
    22,
    async () => {
      const findings = await db.finding.findMany({ select: { id: true }, orderBy: { id: 'asc' } });
      if (findings.length > 0) await db.finding.delete({ where: { id: oneOf(findings).id } });
      await recompute();
    },
  ],
  [12, () => changeSome({ status: 'closed', disposition: 'false_positive' })],
  [12, () => changeSome({ status: 'new', disposition: null })],
  [8, () => changeSome({ isHidden: true })],
  [8, () => changeSome({ isHidden: false })],
  [6, () => changeSome({ filterFactor: oneOf([0, 0.333, 0.5, 1]) })],
  [6, () => changeSome({ riskScore: oneOf([12, 36, 99.99]) })],
  [
    3,
    async () => {
      const at = random(FACTORS.length);
      const input = { ...(FACTORS[at] as (typeof FACTORS)[number]), name: `factor ${at}`, reason: 'test' };
      const id = factorIds[at];
      if (id === undefined) factorIds[at] = await addFactor(ANALYST, { ...input, isEnabled: true });
      else await changeFactor(ANALYST, id, { ...input, isEnabled: random(2) === 0 });
    },
  ],
  [3, () => changeRiskSettings(ANALYST, { isCapped: random(2) === 0 })],
];
const WEIGHT = OPERATION.reduce((sum, [weight]) => sum + weight, 0);

async function performOne(): Promise<void> {
  let place = random(WEIGHT);
  for (const [weight, perform] of OPERATION) {
    if (place < weight) return perform();
    place -= weight;
  }
}

/** The highest sum of 24 hours of each object, by plain SQL over the stored parts. */
async function peaksBySql(isCapped: boolean): Promise<Map<string, number>> {
  const rows = await db.$queryRaw<{ type: string; name: string; peak: number }[]>`
    WITH event AS (SELECT object_type, object_name, detection_id, time_ticks, round(score::numeric, 2) AS score FROM risk_event),
    per_source AS (
      SELECT a.object_type, a.object_name, a.time_ticks AS start, b.detection_id, sum(b.score) AS sum, max(b.score) AS max
      FROM (SELECT DISTINCT object_type, object_name, time_ticks FROM event) a
      JOIN event b ON b.object_type = a.object_type AND b.object_name = a.object_name
        AND b.time_ticks >= a.time_ticks AND b.time_ticks < a.time_ticks + ${24n * HOUR_TICKS}
      GROUP BY 1, 2, 3, 4),
    per_window AS (
      SELECT object_type, object_name, start, sum(CASE WHEN ${isCapped} THEN LEAST(sum, 3 * max) ELSE sum END) AS total
      FROM per_source GROUP BY 1, 2, 3)
    SELECT object_type AS type, object_name AS name, max(total)::float8 AS peak FROM per_window GROUP BY 1, 2`;
  return new Map(rows.map(({ type, name, peak }) => [`${type} ${name}`, peak]));
}

async function checkDatabase(): Promise<void> {
  const { isCapped } = await readRiskSettings(db);
  const [events, objects, peaks] = await Promise.all([
    db.riskEvent.findMany({ include: { finding: true } }),
    db.riskObject.findMany(),
    peaksBySql(isCapped),
  ]);
  for (const event of events) {
    const parts = event.factors as unknown as FactorPart[];
    expect(event.score).toBe(calculatedScore(event.baseScore, parts, event.filterFactor).score);
    expect([event.baseScore, event.filterFactor]).toEqual([
      event.finding.riskScore,
      event.finding.filterFactor,
    ]);
    expect(event.finding.isHidden || event.finding.disposition === 'false_positive').toBe(false);
  }
  expect(new Map(objects.map((one) => [`${one.objectType} ${one.objectName}`, one.peakScore]))).toEqual(
    peaks,
  );
  for (const object of objects) {
    const own = events.filter(
      (event) => event.objectType === object.objectType && event.objectName === object.objectName,
    );
    expect(object.totalScore).toBe(sumOf(own.map(({ score }) => score)));
    expect(object.eventCount).toBe(own.length);
  }
}

async function checkScreens(): Promise<void> {
  const { isCapped } = await readRiskSettings(db);
  const peaks = await peaksBySql(isCapped);
  const page = await listRiskObjects(ANALYST, riskObjectQuery.parse({ limit: '500' }));
  expect(new Map(page.items.map((item) => [`${item.type} ${item.name}`, item.peakScore]))).toEqual(peaks);
  for (const item of page.items) {
    expect(sumOf(item.sparkline)).toBe(item.totalScore);
    const type = item.type as RiskObjectType;
    const detail = await getRiskObject(ANALYST, { type, name: item.name });
    expect(sumOf(detail.steps.slice(0, -1).map(({ change }) => change))).toBe(item.peakScore);
    expect(detail.steps.at(-1)).toMatchObject({ kind: 'sum', change: item.peakScore });
    const inPeak = detail.events.filter((event) => event.isInPeak);
    expect(sumOf(inPeak.map(({ score }) => score))).toBe(item.peakUncapped);
    if (item.hostId !== null) {
      const host = await getHost(ANALYST, item.hostId);
      expect([host.peakScore, host.totalScore]).toEqual([item.peakScore, item.totalScore]);
      expect(sumOf(host.riskEvents.filter((event) => event.isInPeak).map(({ score }) => score))).toBe(
        item.peakUncapped,
      );
    }
    const finding = await getFinding(ANALYST, detail.events[0]?.findingId ?? '');
    const shown = finding.riskObjects.find((one) => one.type === item.type && one.name === item.name);
    expect(shown?.peakScore).toBe(item.peakScore);
    expect(sumOf(shown?.parts.map(({ score }) => score) ?? [])).toBe(item.peakScore);
  }
  for (const host of (await getOverview(ANALYST)).topHosts)
    expect(host.peakScore).toBe(peaks.get(`system ${host.name}`));
  const incidents = await listIncidents(ANALYST, incidentQuery.parse({ state: 'active', limit: '500' }));
  for (const { number, score } of incidents.items) {
    const incident = await getIncident(ANALYST, String(number));
    const inPeak = incident.members.filter((member) => member.isInPeak);
    expect(sumOf(inPeak.map((member) => member.score))).toBe(incident.uncappedScore);
    expect(incident.score).toBe(score);
    if (!isCapped) expect(incident.uncappedScore).toBe(score);
  }
}

/** All that was computed, without when. */
async function computed(): Promise<string> {
  const state = await Promise.all([
    db.riskEvent.findMany({ orderBy: [{ findingId: 'asc' }, { episode: 'asc' }, { objectName: 'asc' }] }),
    db.riskObject.findMany({ orderBy: [{ objectType: 'asc' }, { objectName: 'asc' }] }),
    db.incident.findMany({ orderBy: { number: 'asc' } }),
    db.incidentMember.findMany({
      orderBy: [{ incidentNumber: 'asc' }, { findingId: 'asc' }, { episode: 'asc' }],
    }),
    db.incidentChange.count(),
  ]);
  return JSON.stringify(state, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

describe('risk after random operations', () => {
  it('is on every screen the sum of its parts in the database, and the same when it is computed again', async () => {
    for (let count = 1; count <= OPERATIONS; count++) {
      await performOne();
      if (count % 10 === 0) await checkDatabase();
      if (count % SCREENS_EVERY === 0) await checkScreens();
    }
    const state = await computed();
    await recompute();
    expect(await computed()).toBe(state);
    expect(await db.incident.count({ where: { state: 'active' } })).toBeGreaterThan(0);
    expect(await db.incident.count({ where: { state: 'withdrawn' } })).toBeGreaterThan(0);
  }, 600_000);
});
