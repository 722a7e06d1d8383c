import { beforeEach, describe, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { ALERT_FILES, HOST } from '#lib/evidence/alerts/testing/samples.ts';
import {
  ANALYST,
  add,
  addAndRead,
  empty,
  ingest,
  POWERSHELL,
  REGISTRY,
  stateOf,
  useTestInstance,
} from '#lib/jobs/testing.ts';
import { hostListQuery } from '#lib/timeline/inputs.ts';
import { getHost, getHostTimeline, listHosts } from '#lib/timeline/queries.ts';
import { deleteEvidence } from './commands.ts';
import { deletionConsequences, getEvidence, listEvidence } from './queries.ts';

useTestDatabase();
useTestInstance();
beforeEach(empty);

const HAYABUSA = ALERT_FILES['hayabusa json-timeline, jsonl'];
const addAlerts = (text: string, name = 'alerts.jsonl') => addAndRead(name, Buffer.from(text));
const timelineOf = (host = HOST) => getHostTimeline(ANALYST, host, { range: 'all' });

describe('alerts of other tools', () => {
  it.each(Object.entries(ALERT_FILES))('%s: kept as notes, no event, nothing judged', async (_, text) => {
    const evidence = await getEvidence(ANALYST, await addAlerts(text));
    expect(evidence).toMatchObject({
      status: 'ready',
      recordCount: 0,
      alertCount: 3,
      lossCount: 0,
      hostCount: 2,
      coverage: [],
      hosts: [],
      kinds: [],
      alerts: {
        hosts: [
          { name: HOST, count: 2 },
          { name: 'other.offsec.lan', count: 1 },
        ],
        total: 3,
        repeatCount: 0,
      },
    });
    expect([await db.event.count(), await db.coverage.count(), await db.finding.count()]).toEqual([0, 0, 0]);
    const { alerts } = await timelineOf();
    expect(alerts.items.map(({ ticks, title }) => [ticks, title])).toEqual([
      ['17096297813000000', 'AT Enabled'],
      ['17096300421250000', 'Job "by" WMI, in a script'],
    ]);
  });

  it('stand on the timeline with what the tool says, linked to the event once that is stored', async () => {
    const id = await addAlerts(HAYABUSA);
    const before = (await timelineOf()).alerts.items;
    expect(before.map(({ eventId }) => eventId)).toEqual([null, null]);
    await addAndRead(POWERSHELL);
    await addAndRead(REGISTRY);
    const { alerts, events } = await timelineOf();
    expect(alerts).toMatchObject({
      levels: [
        { level: 'critical', count: 1 },
        { level: 'high', count: 1 },
      ],
      total: 2,
      outsideTotal: 0,
    });
    expect(alerts.items[1]).toMatchObject({
      evidenceId: id,
      evidenceName: 'alerts.jsonl',
      tool: 'hayabusa',
      level: 'critical',
      tags: ['T1053.002', 'Exec', 'Persis'],
      channel: 'Microsoft-Windows-PowerShell/Operational',
      eventCode: 4104,
      recordId: '139',
    });
    const linked = events.find((event) => event.id === alerts.items[1]?.eventId);
    expect([linked?.eventCode, linked?.recordId]).toEqual([4104, '139']);
  });

  it('change no finding and no risk, whichever comes first, and go with their evidence', async () => {
    await addAndRead(POWERSHELL);
    await addAndRead(REGISTRY);
    const alone = await stateOf();
    const id = await addAlerts(HAYABUSA);
    expect(await stateOf()).toEqual(alone);
    expect(await deletionConsequences(ANALYST, id)).toMatchObject({ alertCount: 3, eventCount: 0 });
    await deleteEvidence(ANALYST, id);
    expect(await stateOf()).toEqual(alone);
    expect([await db.alert.count(), await db.host.count({ where: { name: 'other.offsec.lan' } })]).toEqual([
      0, 0,
    ]);
  });

  it('a host of which only alerts are known stays when other evidence is deleted', async () => {
    await addAlerts(HAYABUSA);
    await deleteEvidence(ANALYST, await addAndRead(REGISTRY));
    expect((await timelineOf()).alerts.total).toBe(2);
    expect((await getHost(ANALYST, 'other.offsec.lan')).eventCount).toBe(0);
    expect((await listHosts(ANALYST, hostListQuery.parse({}))).total).toBe(2);
  });

  it('the same alert from one file counts once, the rest as seen already; between events they add up', async () => {
    const event = JSON.stringify({
      Event: { System: { EventID: 1, Channel: 'c', Computer: HOST, EventRecordID: 5 } },
    });
    const evidence = await getEvidence(
      ANALYST,
      await addAlerts(`${HAYABUSA}${event}\n${HAYABUSA}{"broken\n${event}\n`),
    );
    expect(evidence.alerts).toMatchObject({ total: 3, repeatCount: 3 });
    // 9 records = 1 event + 3 alerts + 1 bad + 4 seen already.
    expect(evidence).toMatchObject({ recordCount: 2, alertCount: 6, lossCount: 1, duplicateCount: 1 });
    expect(evidence.coverage.length).toBeGreaterThan(0);
    expect((await listEvidence(ANALYST)).items[0]).toMatchObject({ recordCount: 2, alertCount: 6 });
  });

  it('read again after a stop are the same', async () => {
    const id = await add('alerts.jsonl', Buffer.from(HAYABUSA));
    const stop = new AbortController();
    stop.abort();
    await expect(ingest(id, stop.signal)).rejects.toThrow();
    await ingest(id);
    expect((await getEvidence(ANALYST, id)).alerts).toMatchObject({ total: 3, repeatCount: 0 });
  });

  it('hostile texts stay texts, and numbers that no column holds cost nothing', async () => {
    const title = '<script>\u0000\ud800 =cmd';
    const text = JSON.stringify({
      RuleTitle: title,
      Timestamp: '2024-03-05T09:14:02Z',
      Level: 'high',
      Computer: '<img src=x>',
      EventID: 4_294_967_295,
      RecordID: '9'.repeat(300),
      MitreTags: ['\u0000{"a"}', 'T1053,"x"'],
    });
    expect((await getEvidence(ANALYST, await addAlerts(`${text}\n`))).status).toBe('ready');
    expect((await timelineOf('<img src=x>')).alerts.items).toMatchObject([
      { title, eventCode: null, tags: ['\u0000{"a"}', 'T1053,"x"'] },
    ]);
  });

  it('of more than 500 at once are all kept', async () => {
    const lines = Array.from({ length: 2_500 }, (_, index) =>
      JSON.stringify({
        RuleTitle: `Rule\t${index}\\`,
        Timestamp: `2024-03-05T09:${String(index % 60).padStart(2, '0')}:02Z`,
        Level: index % 500 === 0 ? 'crit' : 'info',
        Computer: HOST,
        EventID: index,
      }),
    );
    await addAlerts(`${lines.join('\n')}\n`);
    const { alerts } = await timelineOf();
    expect([alerts.total, alerts.items.length]).toEqual([2_500, 2_000]);
    expect(alerts.items.filter(({ level }) => level === 'critical')).toHaveLength(5);
    expect(alerts.items.every(({ title }) => /^Rule\t\d+\\$/.test(title))).toBe(true);
  });
});
