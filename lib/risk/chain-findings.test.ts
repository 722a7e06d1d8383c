import { beforeEach, describe, expect, it } from 'vitest';
import { deleteEvidence } from '#lib/custody/commands.ts';
import { deletionConsequences } from '#lib/custody/queries.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { addNote, updateFinding } from '#lib/findings/commands.ts';
import { findingListQuery } from '#lib/findings/inputs.ts';
import { getFinding, listFindings } from '#lib/findings/queries.ts';
import { withTimes } from '#lib/http/answer.ts';
import { incidentPage } from '#lib/http/risk-schemas.ts';
import { findingDetail } from '#lib/http/schemas.ts';
import { ANALYST, add, addAndRead, empty, ingest, stateOf, useTestInstance } from '#lib/jobs/testing.ts';
import { getHost, getHostTimeline } from '#lib/timeline/queries.ts';
import { listIncidents } from './incidents.ts';
import { incidentQuery } from './inputs.ts';
import { deleteSwitch, jobRan, processStart, scriptBlock, setSwitch, xmlFile } from './testing.ts';

useTestDatabase();
useTestInstance();
beforeEach(empty);

const SERVER = 'SRV1.corp.example';
const CLIENT = 'WS7.corp.example';
const ON = 'DWORD (0x00000001)';
const OFF = 'DWORD (0x00000000)';
const CREATE = `([wmiclass]"\\\\SRV1\\root\\cimv2:Win32_ScheduledJob").Create('cmd /c whoami', '********102000.000000+000')`;

const at = (clock: string, recordId: number, computer: string) => ({
  time: `2024-03-05T${clock}.1234567Z`,
  recordId,
  computer,
});
const onServer = (clock: string, recordId: number) => at(clock, recordId, SERVER);
const onClient = (clock: string, recordId: number) => at(clock, recordId, CLIENT);

const REGISTRY = xmlFile(setSwitch(onServer('09:10:00', 1), ON), setSwitch(onServer('11:00:00', 2), OFF));
const SCRIPTS = xmlFile(scriptBlock(onClient('09:52:30', 7), CREATE));

async function chains() {
  const page = await listFindings(
    ANALYST,
    findingListQuery.parse({ type: 'Chain', sort: 'first', direction: 'asc' }),
  );
  return page.items;
}

describe('a chain over two hosts', () => {
  const expected = {
    sentence: 'EnableAt was switched on on SRV1, then 42 minutes later WS7 created a job there',
    detectionType: 'Chain',
    mode: 'extended',
    severity: 'high',
    riskScore: 0,
    dest: SERVER,
    count: 3,
  };

  it('comes from two files of two hosts, the same in either order', async () => {
    await addAndRead('srv1.xml', REGISTRY);
    expect(await chains()).toEqual([]);
    await addAndRead('ws7.xml', SCRIPTS);
    expect(await chains()).toMatchObject([expected]);
    const state = await stateOf();

    await empty();
    await addAndRead('ws7.xml', SCRIPTS);
    await addAndRead('srv1.xml', REGISTRY);
    expect(await stateOf()).toEqual(state);

    await empty();
    const ids = [await add('ws7.xml', SCRIPTS), await add('srv1.xml', REGISTRY)];
    await Promise.all(ids.map((id) => ingest(id)));
    expect(await stateOf()).toEqual(state);
  });

  it('goes with either file, as the dialog says, and comes back with it', async () => {
    const registry = await addAndRead('srv1.xml', REGISTRY);
    const alone = await stateOf();
    const scripts = await addAndRead('ws7.xml', SCRIPTS);
    const both = await stateOf();
    expect((await deletionConsequences(ANALYST, scripts)).findingsRemoved).toBe(2);
    expect((await deletionConsequences(ANALYST, registry)).findingsRemoved).toBe(2);
    await deleteEvidence(ANALYST, scripts);
    expect(await stateOf()).toEqual(alone);
    await addAndRead('ws7.xml', SCRIPTS);
    expect(await stateOf()).toEqual(both);
    await deleteEvidence(ANALYST, registry);
    expect(await chains()).toEqual([]);
  });

  it('is linked with its members both ways and says which text names the host', async () => {
    await addAndRead('srv1.xml', REGISTRY);
    await addAndRead('ws7.xml', SCRIPTS);
    const [item] = await chains();
    const chain = await getFinding(ANALYST, item?.id ?? '');
    expect(chain.chain?.steps.map((step) => [step.label, step.host.name, step.eventCount])).toEqual([
      ['the at interface is switched on', 'srv1.corp.example', 1],
      ['a job is made with it', 'ws7.corp.example', 1],
      ['the at interface is switched off again', 'srv1.corp.example', 1],
    ]);
    expect(chain.events).toHaveLength(3);
    expect(() => findingDetail.parse(withTimes(chain))).not.toThrow();
    const [why] = chain.why;
    expect(why?.ranges.map(([from, to]) => why.value.slice(from, to))).toEqual(['SRV1']);
    for (const step of chain.chain?.steps ?? []) {
      const member = await getFinding(ANALYST, step.findingId);
      expect(member.chain).toMatchObject({ findingNumber: chain.number, sentence: expected.sentence });
      expect(member.chainSeverity).toBe('high');
    }
  });

  it('stands on both hosts and their timelines, raises one incident, and adds no risk', async () => {
    await addAndRead('srv1.xml', REGISTRY);
    await addAndRead('ws7.xml', SCRIPTS);
    const [item] = await chains();
    for (const [name, risk] of [
      [SERVER, 25],
      [CLIENT, 40],
    ] as const) {
      const host = await getHost(ANALYST, name);
      expect([host.peakScore, host.chain?.severity, host.chainSeverity]).toEqual([risk, 'high', 'high']);
      expect(host.findings.map(({ id }) => id)).toContain(item?.id);
      const { events } = await getHostTimeline(ANALYST, name, { range: 'all' });
      expect(events.some((event) => event.findings.some(({ id }) => id === item?.id))).toBe(true);
      const page = await listFindings(ANALYST, findingListQuery.parse({ host: host.id, type: 'Chain' }));
      expect(page.total).toBe(1);
    }
    const incidents = await listIncidents(ANALYST, incidentQuery.parse({ open: 'true' }));
    expect(() => incidentPage.parse(withTimes(incidents))).not.toThrow();
    expect(incidents.items).toMatchObject([
      {
        findingId: item?.id,
        severity: 'high',
        hosts: [{ name: 'srv1.corp.example' }, { name: 'ws7.corp.example' }],
        stories: ['Active Directory Lateral Movement'],
      },
    ]);
  });

  it('is critical when a job is seen to run', async () => {
    await addAndRead('srv1.xml', REGISTRY);
    await addAndRead('ws7.xml', SCRIPTS);
    await addAndRead('tasks.xml', xmlFile(jobRan(onServer('10:20:00', 30), '\\At1')));
    expect(await chains()).toMatchObject([{ severity: 'critical' }]);
  });
});

describe('what a chain takes in', () => {
  it('a job after the switch was deleted is none, though no finding shows the deletion', async () => {
    await addAndRead('srv1.xml', xmlFile(setSwitch(onServer('09:10:00', 1), ON)));
    await addAndRead('ws7.xml', SCRIPTS);
    expect(await chains()).toHaveLength(1);
    await addAndRead('later.xml', xmlFile(deleteSwitch(onServer('09:30:00', 2))));
    expect(await chains()).toEqual([]);
  });

  it('a value that was not logged counts as on and is said to be unknown', async () => {
    await addAndRead('srv1.xml', xmlFile(setSwitch(onServer('09:10:00', 1), '')));
    await addAndRead('ws7.xml', SCRIPTS);
    const [chain] = await chains();
    expect(chain?.sentence).toBe(
      'EnableAt was set to an unknown value on SRV1, then 42 minutes later WS7 used the at interface there',
    );
  });

  it('one host alone, known by its short name', async () => {
    const here = (clock: string, recordId: number) => at(clock, recordId, 'LONE');
    await addAndRead(
      'lone.xml',
      xmlFile(
        setSwitch(here('09:10:00', 1), ON),
        scriptBlock(here('09:10:05', 2), 'Get-WmiObject Win32_ScheduledJob -ComputerName LONE.corp.example'),
        scriptBlock(here('09:11:00', 3), 'Get-WmiObject Win32_ScheduledJob'),
        scriptBlock(here('09:12:00', 4), 'Get-WmiObject Win32_ScheduledJob -ComputerName OTHER'),
      ),
    );
    const [chain] = await chains();
    expect([chain?.count, chain?.sentence]).toEqual([
      3,
      'EnableAt was switched on on LONE, then the at interface was used there 5 seconds later',
    ]);
  });

  it('what only extended detections find: at and wmic on another host, and the jobs on the host itself', async () => {
    await addAndRead('srv1.xml', xmlFile(setSwitch(onServer('09:10:00', 1), ON)));
    await addAndRead(
      'ws7.xml',
      xmlFile(
        processStart(
          onClient('09:20:00', 2),
          'C:\\Windows\\System32\\at.exe',
          'at \\\\SRV1 10:00 cmd /c calc',
        ),
        processStart(
          onClient('09:21:00', 3),
          'C:\\Windows\\System32\\wbem\\WMIC.exe',
          'wmic /node:SRV1 job call create "calc",0,0,true,0,********110000.000000+000',
        ),
        processStart(onClient('09:22:00', 4), 'C:\\Windows\\System32\\at.exe', 'at \\\\OTHER 10:00 calc'),
      ),
    );
    await addAndRead('tasks.xml', xmlFile(jobRan(onServer('10:00:00', 5), '\\At1')));
    const [item] = await chains();
    expect(item).toMatchObject({
      severity: 'critical',
      sentence: 'EnableAt was switched on on SRV1, then 10 minutes later WS7 created a job there',
    });
    const { chain } = await getFinding(ANALYST, item?.id ?? '');
    expect(chain?.steps.map((step) => [step.mode, step.host.name])).toEqual([
      ['strict', 'srv1.corp.example'],
      ['extended', 'ws7.corp.example'],
      ['extended', 'ws7.corp.example'],
      ['extended', 'srv1.corp.example'],
    ]);
    expect((await getHost(ANALYST, CLIENT)).peakScore).toBe(0);
  });

  it('no member that is a false positive, and none that only others made', async () => {
    await addAndRead('srv1.xml', REGISTRY);
    await addAndRead('ws7.xml', SCRIPTS);
    const script = (await listFindings(ANALYST, findingListQuery.parse({ mode: 'strict' }))).items.find(
      (item) => item.dest === CLIENT,
    );
    await updateFinding(ANALYST, script?.id ?? '', {
      version: 1,
      status: 'closed',
      disposition: 'false_positive',
      reason: 'inventory',
    });
    expect(await chains()).toEqual([]);
    expect((await getHost(ANALYST, SERVER)).chain).toBeNull();
    await updateFinding(ANALYST, script?.id ?? '', { version: 2, status: 'in_progress' });
    expect(await chains()).toHaveLength(1);
  });
});

describe('triage of a chain', () => {
  const close = { status: 'closed', disposition: 'false_positive', reason: 'the help desk' } as const;

  it('takes its mark from members and its incident away when it is a false positive', async () => {
    await addAndRead('srv1.xml', REGISTRY);
    await addAndRead('ws7.xml', SCRIPTS);
    const [chain] = await chains();
    await updateFinding(ANALYST, chain?.id ?? '', { version: 1, ...close });
    expect(await db.finding.count({ where: { chainSeverity: { not: null } } })).toBe(0);
    expect((await listIncidents(ANALYST, incidentQuery.parse({}))).total).toBe(0);
    expect(await chains()).toMatchObject([{ status: 'closed' }]);
  });

  it('survives other evidence, also when that shows an earlier turning-on, and its deletion', async () => {
    await addAndRead('srv1.xml', REGISTRY);
    await addAndRead('ws7.xml', SCRIPTS);
    const [chain] = await chains();
    await addNote(ANALYST, chain?.id ?? '', 'Asked the owner of SRV1.');
    await updateFinding(ANALYST, chain?.id ?? '', { version: 1, status: 'in_progress' });
    const earlier = await addAndRead('earlier.xml', xmlFile(setSwitch(onServer('08:00:00', 0), ON)));
    const [moved, ...others] = await chains();
    expect(others).toEqual([]);
    expect(moved?.id).not.toBe(chain?.id);
    expect(moved).toMatchObject({ number: chain?.number, status: 'in_progress' });
    expect((await getFinding(ANALYST, moved?.id ?? '')).notes).toHaveLength(1);
    await deleteEvidence(ANALYST, earlier);
    expect(await chains()).toMatchObject([{ id: chain?.id, number: chain?.number, status: 'in_progress' }]);
  });

  it('keeps a touched chain as "evidence deleted"', async () => {
    await addAndRead('srv1.xml', REGISTRY);
    const scripts = await addAndRead('ws7.xml', SCRIPTS);
    const [chain] = await chains();
    await addNote(ANALYST, chain?.id ?? '', 'Asked the owner of SRV1.');
    await deleteEvidence(ANALYST, scripts);
    expect(await chains()).toMatchObject([{ id: chain?.id, state: 'evidence_deleted', count: 0 }]);
    expect((await listIncidents(ANALYST, incidentQuery.parse({}))).total).toBe(0);
    expect((await getFinding(ANALYST, chain?.id ?? '')).chain).toBeNull();
  });
});
