import { beforeEach, describe, expect, it } from 'vitest';
import { deleteEvidence } from '#lib/custody/commands.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import { updateFinding } from '#lib/findings/commands.ts';
import { ANALYST, addAndRead, empty, POWERSHELL, REGISTRY, useTestInstance } from '#lib/jobs/testing.ts';
import { listIncidents } from './incidents.ts';
import { incidentQuery } from './inputs.ts';
import { scriptBlock, xmlFile } from './testing.ts';

useTestDatabase();
useTestInstance();
beforeEach(empty);

async function riskIncidents(query: Record<string, string> = {}) {
  const page = await listIncidents(ANALYST, incidentQuery.parse({ state: 'active', ...query }));
  return page.items.filter(({ kind }) => kind === 'risk');
}

const script = (time: string, recordId: number) =>
  scriptBlock(
    { time, recordId, computer: 'WS7.corp.example' },
    `Get-WmiObject -Class Win32_ScheduledJob # ${recordId}`,
  );

describe('threshold over 24 hours', () => {
  it('raises exactly one incident for the derived evidence, dated 2024-03-05 with 145', async () => {
    await addAndRead(POWERSHELL);
    expect(await riskIncidents()).toMatchObject([{ score: 120 }]);
    await addAndRead(REGISTRY);
    const incidents = await riskIncidents();
    expect(incidents).toMatchObject([
      {
        score: 145,
        severity: 'medium',
        eventCount: 4,
        object: { type: 'system', name: 'win10-02.offsec.lan' },
      },
    ]);
    expect(formatIsoTime(BigInt(incidents[0]?.firstTicks ?? 0)).slice(0, 10)).toBe('2024-03-05');
    expect(incidents[0]?.sentence).toBe('Risk of win10-02 reached 145 within 24 hours');
  });

  it('raises none for two halves 30 hours apart', async () => {
    await addAndRead(
      'one.xml',
      xmlFile(script('2024-03-05T09:00:00.1Z', 1), script('2024-03-05T10:00:00.1Z', 2)),
    );
    await addAndRead(
      'two.xml',
      xmlFile(script('2024-03-06T15:00:00.1Z', 3), script('2024-03-06T16:00:00.1Z', 4)),
    );
    expect(
      (await db.riskObject.findMany()).map(({ peakScore, totalScore }) => [peakScore, totalScore]),
    ).toEqual([[80, 160]]);
    expect(await riskIncidents()).toEqual([]);
  });

  it('is withdrawn at once with a false positive, a filter and its evidence, and comes back, with its history', async () => {
    const scripts = await addAndRead(POWERSHELL);
    await addAndRead(REGISTRY);
    const [raised] = await riskIncidents();
    const finding = await db.finding.findFirstOrThrow({ where: { mode: 'strict', riskScore: 40 } });
    const close = { status: 'closed', disposition: 'false_positive', reason: 'inventory' } as const;
    await updateFinding(ANALYST, finding.id, { version: 1, ...close });
    expect(await riskIncidents()).toMatchObject([{ number: raised?.number, score: 105 }]);
    const other = await db.finding.findFirstOrThrow({
      where: { mode: 'strict', riskScore: 40, id: { not: finding.id } },
    });
    await updateFinding(ANALYST, other.id, { version: 1, ...close });
    expect(await riskIncidents()).toEqual([]);
    expect(await riskIncidents({ state: 'withdrawn' })).toMatchObject([{ number: raised?.number }]);
    await updateFinding(ANALYST, other.id, { version: 2, status: 'new' });
    expect(await riskIncidents()).toMatchObject([{ number: raised?.number, score: 105 }]);
    await deleteEvidence(ANALYST, scripts);
    expect(await riskIncidents()).toEqual([]);
    await addAndRead(POWERSHELL);
    const changes = await db.incidentChange.findMany({ orderBy: { id: 'asc' } });
    expect(changes.slice(1).map(({ state, score }) => [state, score])).toEqual([
      ['active', 145],
      ['active', 105],
      ['withdrawn', 0],
      ['active', 105],
      ['withdrawn', 0],
      ['active', 105],
    ]);
  });
});
