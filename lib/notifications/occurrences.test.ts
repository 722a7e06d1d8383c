import { beforeEach, describe, expect, it } from 'vitest';
import { changeDetection } from '#lib/catalogue/commands.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { ANALYST, addAndRead, empty, POWERSHELL, REGISTRY, useTestInstance } from '#lib/jobs/testing.ts';
import { pullNow } from '#lib/sources/commands.ts';
import { makeSource, runPulls, useTestSecret } from '#lib/sources/testing/pulling.ts';
import { startTestServer } from '#lib/sources/testing/server.ts';
import { makeChannel } from './testing/channels.ts';
import type { FindingOccurrence } from './types.ts';

useTestDatabase();
useTestInstance();
useTestSecret();
beforeEach(async () => {
  await db.notificationChannel.deleteMany({});
  await empty();
});

const webhook = (part: object) =>
  makeChannel({
    kind: 'webhook',
    settings: { url: 'http://127.0.0.1:9/' },
    secrets: { signingKey: 'a signing key of tests' },
    ...part,
  });
async function outbox(channelId: string): Promise<readonly FindingOccurrence[]> {
  const rows = await db.notificationDelivery.findMany({
    where: { channelId },
    orderBy: { occurrenceKey: 'asc' },
  });
  return rows.map(({ payload }) => payload as unknown as FindingOccurrence);
}

describe('findings', () => {
  it('are told once to each channel that wants them, with what they say', async () => {
    const [all, worst, incidents, off] = [
      await webhook({ wants: ['new-finding', 'incident'] }),
      await webhook({ wants: ['new-finding'], leastSeverity: 'critical' }),
      await webhook({ wants: ['incident'] }),
      await webhook({ isEnabled: false }),
    ];
    await addAndRead(POWERSHELL);
    await addAndRead(REGISTRY);
    const findings = await db.finding.findMany({ where: { state: 'active' }, orderBy: { id: 'asc' } });
    expect(findings.length).toBeGreaterThan(0);
    const told = await outbox(all);
    expect(told.map(({ findingId }) => findingId).toSorted()).toEqual(
      findings.map(({ id }) => id).toSorted(),
    );
    const [finding] = findings;
    expect(told.find(({ findingId }) => findingId === finding?.id)).toMatchObject({
      findingNumber: finding?.number,
      severity: finding?.severity,
      sentence: finding?.sentence,
      firstTicks: finding?.firstTicks?.toString() ?? null,
      techniques: finding?.techniques,
      isRecurred: false,
    });
    // Names of detections, not ids.
    for (const { detection, detectionId } of told) expect(detection).not.toBe(detectionId);
    expect(await outbox(worst)).toEqual([]);
    expect(await outbox(incidents)).toEqual(told.filter(({ event }) => event === 'incident'));
    expect(await outbox(off)).toEqual([]);

    // Evidence that goes and comes again is no news.
    await db.evidence.deleteMany({});
    await empty();
    await addAndRead(POWERSHELL);
    expect(await outbox(all)).toEqual(told);
  });

  it('that another variant of the detection had found already are not new', async () => {
    await addAndRead(POWERSHELL);
    const finding = await db.finding.findFirstOrThrow({ where: { mode: 'strict', state: 'active' } });
    const other = finding.variant === '2023' ? '2026' : '2023';
    const channel = await webhook({ wants: ['new-finding', 'incident'] });
    await changeDetection(ANALYST, finding.detectionId, { variant: other });
    expect(
      await db.finding.count({
        where: { detectionId: finding.detectionId, variant: other, state: 'active' },
      }),
    ).toBeGreaterThan(0);
    expect(await outbox(channel)).toEqual([]);
  });
});

describe('sources', () => {
  it('are told when they begin to fail, once, and when they work again', async () => {
    const server = await startTestServer(({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
    });
    const channel = await webhook({ wants: ['source-failure', 'source-mended'] });
    const deaf = await webhook({ wants: ['incident'] });
    const id = await makeSource({ kind: 'http-json', settings: { url: `${server.url}/a` }, secrets: {} });
    const pull = async () => {
      await pullNow(ANALYST, id);
      await runPulls(id);
    };
    const events = async () => (await outbox(channel)).map(({ event }) => event);
    await pull();
    expect(await events()).toEqual([]);
    server.faults.push({ kind: 'status', status: 401, times: 1 }, { kind: 'status', status: 401, times: 1 });
    await pull();
    await pull();
    expect(await outbox(channel)).toMatchObject([
      {
        event: 'source-failure',
        sourceId: id,
        source: 'lab',
        failure: expect.stringContaining('sign-in'),
        failingSince: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
    ]);
    await pull();
    await pull();
    expect(await events()).toEqual(['source-failure', 'source-mended']);
    expect(await outbox(deaf)).toEqual([]);
    await server.close();
  });
});
