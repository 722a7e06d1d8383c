import { beforeEach, describe, expect, it } from 'vitest';
import { Batch, Reading } from '#lib/custody/batch.ts';
import { deleteEvidence } from '#lib/custody/commands.ts';
import { deletionConsequences, getEvidence } from '#lib/custody/queries.ts';
import { LeaseLost, writeBatch } from '#lib/custody/write-batch.ts';
import { inBulkTransaction } from '#lib/db/bulk.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { knowledge } from '#lib/detection/rules.ts';
import { Occurrences } from '#lib/events/occurrences.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { escapeXml, renderEventXml } from '#lib/evidence/render.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { addNote, updateFinding } from '#lib/findings/commands.ts';
import { findingListQuery } from '#lib/findings/inputs.ts';
import { getFinding, listFindings } from '#lib/findings/queries.ts';
import { getHost, getHostTimeline } from '#lib/timeline/queries.ts';
import {
  ANALYST,
  add,
  addAndRead,
  empty,
  evidenceFile,
  ingest,
  POWERSHELL,
  REGISTRY,
  stateOf,
  useTestInstance,
} from './testing.ts';

useTestDatabase();
useTestInstance();
beforeEach(empty);

const HOST = 'win10-02.offsec.lan';

async function recordsOf(bytes: Uint8Array): Promise<EvidenceRecord[]> {
  const records: EvidenceRecord[] = [];
  const { blocks } = await readEvidence(fromBuffer(bytes), {});
  for await (const block of blocks) records.push(...block.records);
  return records;
}

/** The same events in other words: each record as XML, one a line. */
async function asXml(names: readonly string[]): Promise<string[]> {
  const files = await Promise.all(names.map((name) => recordsOf(evidenceFile(name))));
  return files.flat().map(renderEventXml);
}

const xmlFile = (events: readonly string[]): Buffer =>
  Buffer.from(`<Events>\n${events.join('\n')}\n</Events>\n`);

async function strictFindings() {
  const page = await listFindings(
    ANALYST,
    findingListQuery.parse({ mode: 'strict', sort: 'first', direction: 'asc' }),
  );
  return page.items;
}

describe('the main job', () => {
  it('finds three script blocks and one registry write, to the last digit, and risk 145 on the host', async () => {
    await addAndRead(POWERSHELL);
    await addAndRead(REGISTRY);
    const page = await listFindings(ANALYST, findingListQuery.parse({ sort: 'first', direction: 'asc' }));
    expect(page.items.map((item) => [item.mode, item.count, item.user, item.firstTicks])).toEqual([
      ['strict', 2, 'unknown', '17096298113000123'],
      // The chain that they make.
      ['extended', 7, 'unknown', '17096298113000123'],
      ['strict', 1, 'S-1-5-21-4230534742-2542757381-3142984815-1111', '17096300421254367'],
      ['strict', 2, 'S-1-5-21-4230534742-2542757381-3142984815-1111', '17096301405000001'],
      ['strict', 1, 'S-1-5-21-4230534742-2542757381-3142984815-1111', '17096301600000013'],
      ['extended', 2, 'S-1-5-21-4230534742-2542757381-3142984815-1111', '17096304000000009'],
    ]);
    const host = await getHost(ANALYST, HOST);
    expect([host.peakScore, host.severity, host.chain?.severity]).toEqual([145, 'medium', 'high']);
    expect([host.peakStartTicks, host.peakEndTicks]).toEqual(['17096298113000123', '17096301600000013']);
    expect((await db.riskObject.findMany()).map((object) => object.objectName)).toEqual([HOST]);
  });

  it('takes the risk of a false positive away at once, and gives it back when the finding is opened again', async () => {
    await addAndRead(POWERSHELL);
    await addAndRead(REGISTRY);
    const script = (await strictFindings())[1];
    await updateFinding(ANALYST, String(script?.number), {
      version: 1,
      status: 'closed',
      disposition: 'false_positive',
      reason: 'inventory',
    });
    expect((await getHost(ANALYST, HOST)).peakScore).toBe(105);
    await updateFinding(ANALYST, String(script?.number), { version: 2, status: 'in_progress' });
    expect((await getHost(ANALYST, HOST)).peakScore).toBe(145);
  });

  it('says what another person set instead of overwriting it', async () => {
    await addAndRead(REGISTRY);
    const [finding] = await strictFindings();
    await updateFinding(ANALYST, String(finding?.number), { version: 1, status: 'in_progress' });
    await expect(
      updateFinding(ANALYST, String(finding?.number), { version: 1, status: 'on_hold' }),
    ).rejects.toMatchObject({
      code: 'conflict',
      details: { version: 2, status: 'in_progress' },
    });
  });

  it('says blind, not clean, where there was nothing to look at', async () => {
    const id = await addAndRead('Application_no_crc32.evtx');
    const { coverage, recordCount } = await getEvidence(ANALYST, id);
    expect(recordCount).toBe(17);
    expect(coverage.length).toBeGreaterThanOrEqual(2);
    expect(coverage.filter((one) => one.outcome !== 'blind')).toEqual([]);
  });

  it('shows the host with its kept events in lanes, all of them without a range', async () => {
    await addAndRead(POWERSHELL);
    await addAndRead(REGISTRY);
    const timeline = await getHostTimeline(ANALYST, HOST, { range: 'all' });
    expect(timeline.keptTotal).toBe(timeline.events.length);
    expect(timeline.events.filter((event) => event.findings.length > 0)).toHaveLength(8);
    const near = await getHostTimeline(ANALYST, HOST, {});
    expect(near.keptTotal + near.outsideTotal).toBe(timeline.keptTotal);
  });
});

describe('the same findings, whatever the way', () => {
  it('in any order, twice, and in parallel', async () => {
    await addAndRead(POWERSHELL);
    await addAndRead(REGISTRY);
    const expected = await stateOf();

    await empty();
    await addAndRead(REGISTRY);
    await addAndRead(POWERSHELL);
    expect(await stateOf()).toEqual(expected);

    await addAndRead(POWERSHELL);
    await addAndRead(REGISTRY, Buffer.concat([evidenceFile(REGISTRY), Buffer.alloc(65_536)]));
    expect(await stateOf()).toEqual(expected);

    await empty();
    const ids = [
      await add(POWERSHELL, evidenceFile(POWERSHELL)),
      await add(REGISTRY, evidenceFile(REGISTRY)),
    ];
    await Promise.all(ids.map((id) => ingest(id)));
    expect(await stateOf()).toEqual(expected);
  });

  it('split over files of another form', async () => {
    await addAndRead(POWERSHELL);
    await addAndRead(REGISTRY);
    const expected = (await strictFindings()).map(({ id, count, firstTicks }) => ({ id, count, firstTicks }));
    const events = await asXml([POWERSHELL, REGISTRY]);
    for (const parts of [1, 3, 7]) {
      await empty();
      for (let part = 0; part < parts; part += 1) {
        await addAndRead(`part-${part}.xml`, xmlFile(events.filter((_, index) => index % parts === part)));
      }
      expect(
        (await strictFindings()).map(({ id, count, firstTicks }) => ({ id, count, firstTicks })),
      ).toEqual(expected);
    }
  });

  it('an event in two files counts once and is seen twice', async () => {
    await addAndRead(REGISTRY);
    await addAndRead('again.xml', xmlFile(await asXml([REGISTRY])));
    const [finding] = await strictFindings();
    expect(finding?.count).toBe(2);
    const { events } = await getFinding(ANALYST, finding?.id ?? '');
    expect(events.map((event) => event.sightings.length)).toEqual([2, 2]);
  });
});

describe('deleting evidence', () => {
  it('leaves what the other file alone gives, and adding it again restores', async () => {
    await addAndRead(REGISTRY);
    const alone = await stateOf();
    const id = await addAndRead(POWERSHELL);
    const both = await stateOf();
    expect(await deletionConsequences(ANALYST, id)).toMatchObject({
      findingsRemoved: 5,
      findingsKept: 0,
      sharedEventCount: 0,
    });
    await deleteEvidence(ANALYST, id);
    expect(await stateOf()).toEqual(alone);
    await addAndRead(POWERSHELL);
    expect(await stateOf()).toEqual(both);
  });

  it('keeps a finding that somebody worked on, without risk and with its history', async () => {
    const id = await addAndRead(REGISTRY);
    const [finding] = await strictFindings();
    await addNote(ANALYST, finding?.id ?? '', 'Asked the owner of the host.');
    await deleteEvidence(ANALYST, id);
    const kept = await getFinding(ANALYST, finding?.id ?? '');
    expect([kept.state, kept.count, kept.riskScore, kept.notes.length]).toEqual([
      'evidence_deleted',
      0,
      0,
      1,
    ]);
    expect(await db.riskObject.count()).toBe(0);
    await addAndRead(REGISTRY);
    expect((await getFinding(ANALYST, finding?.id ?? '')).state).toBe('active');
  });
});

describe('a closed finding', () => {
  it('comes back as recurred when events of a new episode appear, and not for events of a known one', async () => {
    const events = await asXml([REGISTRY]);
    const enable = events.filter((event) => event.includes('Configuration\\EnableAt'));
    await addAndRead('first.xml', xmlFile(enable.slice(0, 1)));
    const [finding] = await strictFindings();
    const close = {
      status: 'closed',
      disposition: 'benign_positive',
      reason: 'a test of the help desk',
    } as const;
    await updateFinding(ANALYST, finding?.id ?? '', { version: 1, ...close });
    await addAndRead('same-day.xml', xmlFile(enable.slice(1, 2)));
    expect((await getFinding(ANALYST, finding?.id ?? '')).status).toBe('closed');
    const later = (enable[0] ?? '').replaceAll('2024-03-05', '2024-03-09').replace('1601465', '1701465');
    await addAndRead('later.xml', xmlFile([later]));
    const recurred = await getFinding(ANALYST, finding?.id ?? '');
    expect([recurred.status, recurred.recurredAt !== null, recurred.episodes.length]).toEqual([
      'new',
      true,
      2,
    ]);
  });
});

describe('hostile and huge texts', () => {
  const block = async (text: string, recordId: number, computer = HOST): Promise<string> => {
    const [event] = await asXml([POWERSHELL]);
    const template = (event ?? '').replace(/<EventData>.*<\/EventData>/s, '');
    return template
      .replace(/<EventID[^>]*>\d+<\/EventID>/, '<EventID>4104</EventID>')
      .replace(/<EventRecordID>\d+</, `<EventRecordID>${recordId}<`)
      .replace(/<Channel>[^<]*</, '<Channel>Microsoft-Windows-PowerShell/Operational<')
      .replace(/<Computer>[^<]*</, () => `<Computer>${escapeXml(computer)}<`)
      .replace(
        '</Event>',
        () =>
          `<EventData><Data Name='MessageNumber'>1</Data><Data Name='MessageTotal'>1</Data><Data Name='ScriptBlockText'>${escapeXml(text)}</Data><Data Name='ScriptBlockId'>a</Data></EventData></Event>`,
      );
  };

  it('a 3 MB script block, two of 1 MB that differ in the last character, a lone surrogate and a NUL are told apart', async () => {
    const long = `Win32_ScheduledJob ${'x'.repeat(1_000_000)}`;
    const texts = [
      `Win32_ScheduledJob ${'y'.repeat(3_000_000)}`,
      `${long}1`,
      `${long}2`,
      'Win32_ScheduledJob \ud800 lone',
      'Win32_ScheduledJob \udc00 lone',
      'Win32_ScheduledJob \0 zero',
    ];
    const events = await Promise.all(texts.map((text, index) => block(text, 5_000 + index)));
    await addAndRead('texts.xml', xmlFile(events));
    const findings = await strictFindings();
    expect(findings).toHaveLength(texts.length);
    const shown = await Promise.all(
      findings.map(
        async (finding) =>
          (await getFinding(ANALYST, finding.id)).row.find(([name]) => name === 'ScriptBlockText')?.[1],
      ),
    );
    expect(new Set(shown)).toEqual(new Set(texts));
    const details = await Promise.all(findings.map((finding) => getFinding(ANALYST, finding.id)));
    const kept = details.flatMap((detail) =>
      detail.events.flatMap((one) => one.fields.filter(([name]) => name === 'ScriptBlockText')),
    );
    expect(new Set(kept.map(([, value]) => value))).toEqual(new Set(texts));
  });

  it('an event id and a record id that no number holds cost nothing', async () => {
    const events = [await block('Win32_ScheduledJob', 1), await block('Win32_ScheduledJob other', 2)];
    const hostile = (events[0] ?? '')
      .replace('<EventID>4104<', '<EventID>4294967295<')
      .replace('<EventRecordID>1<', `<EventRecordID>${'9'.repeat(300)}<`);
    const id = await addAndRead('ids.xml', xmlFile([hostile, events[1] ?? '']));
    expect((await getEvidence(ANALYST, id)).status).toBe('ready');
    expect(await strictFindings()).toHaveLength(1);
  });

  it('a host called as HTML stays text', async () => {
    const name = '<img src=x onerror=alert(1)>';
    await addAndRead(
      'html.xml',
      xmlFile([await block('Win32_ScheduledJob <b>\u001b[31m\u202E', 9_000, name)]),
    );
    const [finding] = await strictFindings();
    expect(finding?.dest).toBe(name);
    expect((await getHost(ANALYST, name)).name).toBe(name);
  });
});

describe('files that are no evidence', () => {
  it.each([
    ['empty.evtx', '', 'empty'],
    ['report.pdf', '%PDF-1.7\n1 0 obj', 'PDF'],
    [
      'pointer.evtx',
      'version https://git-lfs.github.com/spec/v1\noid sha256:2772\nsize 2285\n',
      'git lfs pull',
    ],
    ['log.evtx', 'x'.repeat(200_000), 'line'],
  ])('%s is refused with a sentence that says what it is and what to do', async (name, text, expected) => {
    const id = await addAndRead(name, Buffer.from(text));
    const evidence = await getEvidence(ANALYST, id);
    expect(evidence.status).toBe('refused');
    expect(evidence.message).toContain(expected);
  });

  it('a log cut in the middle of a chunk is read as far as it goes and says so', async () => {
    const id = await addAndRead('cut.evtx', evidenceFile(POWERSHELL).subarray(0, 40_000));
    const evidence = await getEvidence(ANALYST, id);
    expect(evidence.status).toBe('ready');
    expect(evidence.recordCount).toBeGreaterThan(0);
    expect(evidence.problems.length).toBeGreaterThan(0);
  });
});

describe('a worker that lost its lease', () => {
  it('writes nothing', async () => {
    const id = await add(POWERSHELL, evidenceFile(POWERSHELL));
    const { rules } = await knowledge();
    await db.evidence.update({ where: { id }, data: { epoch: 5 } });
    const batch = new Batch(new Reading(rules, new Occurrences(), 'ingest'), 0);
    const { blocks } = await readEvidence(fromBuffer(evidenceFile(POWERSHELL)), {});
    for await (const one of blocks) batch.add(one);
    const lease = { evidenceId: id, investigationId: 'default', epoch: 4 };
    await expect(inBulkTransaction((tx) => writeBatch(tx, lease, 0, batch))).rejects.toThrow(LeaseLost);
    expect([await db.event.count(), await db.sighting.count(), await db.host.count()]).toEqual([0, 0, 0]);
  });

  it('goes on where the last committed batch ended when it is started again', async () => {
    await addAndRead(POWERSHELL);
    const expected = await stateOf();
    await empty();
    const id = await add(POWERSHELL, evidenceFile(POWERSHELL));
    const stop = new AbortController();
    stop.abort();
    await expect(ingest(id, stop.signal)).rejects.toThrow();
    await ingest(id);
    expect(await stateOf()).toEqual(expected);
  });
});
