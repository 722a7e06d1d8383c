import { beforeEach, describe, expect, it } from 'vitest';
import { changeEvidence } from '#lib/custody/change.ts';
import { type EvidenceChange, evidenceChange } from '#lib/custody/inputs.ts';
import { deleteMapping, exportMapping, listMappings } from '#lib/custody/mappings.ts';
import { getColumns, previewReading } from '#lib/custody/preview.ts';
import { getEvidence } from '#lib/custody/queries.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { registryWrite, STORY, SYSTEM } from '#lib/detection/testing-story.ts';
import { makeZip } from '#lib/evidence/archive/testing.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { atSeconds, classicText, getWinEventRow, table } from '#lib/evidence/text/testing/write-text.ts';
import { updateFinding } from '#lib/findings/commands.ts';
import { ANALYST, add, addAndRead, empty, ingest, stateOf, useTestInstance } from './testing.ts';

useTestDatabase();
useTestInstance();
beforeEach(async () => {
  await empty();
  await db.rememberedMapping.deleteMany({});
});

const HOUR = 36_000_000_000n;
const localText = Buffer.from(STORY.map((record) => classicText(record)).join('\n'));
const localTable = Buffer.from(table(STORY.map((record) => getWinEventRow(record, localTime(record)))));
function localTime(record: EvidenceRecord): string {
  return `3/5/2024 9:${(record.system.systemTime ?? '').slice(14, 19)} AM`;
}

const odd = (tag = '', records: readonly EvidenceRecord[] = STORY, time = iso): Buffer =>
  Buffer.from(
    table(
      records.map((record) => ({
        When: time(record),
        Machine: SYSTEM.computer,
        'Reg Key': value(record, 'TargetObject'),
        'Value Data': value(record, 'Details'),
        Account: value(record, 'User') || record.system.userId,
        'Script Text': value(record, 'ScriptBlockText'),
        Tag: tag,
      })),
    ),
  );
function iso(record: EvidenceRecord): string {
  return record.system.systemTime ?? '';
}
function value(record: EvidenceRecord, name: string): string {
  return record.data.find(([own]) => own === name)?.[1] ?? '';
}

const detail = (id: string) => getEvidence(ANALYST, id);
const change = (id: string, input: Partial<EvidenceChange>) =>
  changeEvidence(ANALYST, id, evidenceChange.parse(input));
/** Says it, and reads as a worker does what goes on then. */
async function say(id: string, input: Partial<EvidenceChange>): Promise<void> {
  await change(id, input);
  for (const row of await db.evidence.findMany({ where: { status: 'waiting' } })) await ingest(row.id);
}
const findings = async () =>
  (await db.finding.findMany({ orderBy: { detectionId: 'asc' } })).map((row) => [
    row.detectionId,
    row.mode,
    row.dest,
    row.user,
    row.firstTicks,
  ]);
const firstTicks = async () =>
  (await db.event.findMany({ orderBy: { timeTicks: 'asc' } })).map((row) => row.timeTicks);
/** As if each test's evidence were the only one that ever was: what findings, risk and events say. */
async function freshState(bytes: Buffer, timeZone: string): Promise<unknown> {
  await empty();
  const id = await addAndRead('fresh', bytes);
  await say(id, { timeZone });
  return stateOf();
}

describe('times without a zone', () => {
  it.each([
    ['classic text', localText],
    ['Get-WinEvent CSV', localTable],
  ])('of %s wait for the zone, with the first times as they would be read', async (_, bytes) => {
    const id = await addAndRead('local', bytes);
    expect(await detail(id)).toMatchObject({
      status: 'asking',
      question: 'time_zone',
      timeZone: null,
      recordCount: 0,
      finishedAt: null,
    });
    expect(await findings()).toEqual([]);
    const expected = STORY.map((record) => (atSeconds(record).timeTicks ?? 0n) - 9n * HOUR);
    const preview = await previewReading(ANALYST, id, { timeZone: 'Asia/Tokyo' });
    expect(preview).toMatchObject({ recordCount: 2, localCount: 2, untimedCount: 0 });
    expect(preview.events.map(({ ticks }) => ticks)).toEqual(expected.map(String));
    expect(preview.events[0]?.given).toMatch(/^0?3\/0?5\/2024 0?9:14:02 AM$/);

    await say(id, { timeZone: 'Asia/Tokyo' });
    expect(await detail(id)).toMatchObject({
      status: 'ready',
      question: null,
      timeZone: 'Asia/Tokyo',
      recordCount: 2,
      lossCount: 0,
    });
    expect(await firstTicks()).toEqual(expected);
    expect((await findings()).map(([, mode]) => mode)).toContain('strict');
    expect((await detail(id)).problems.map(({ message }) => message)).toEqual([
      'Times without a zone were read as Asia/Tokyo.',
    ]);
  });

  it('read in the zone give the findings of the same events as XML', async () => {
    await addAndRead(
      'xml',
      Buffer.from(`<Events>${STORY.map(atSeconds).map(renderEventXml).join('')}</Events>`),
    );
    const expected = await findings();
    await empty();
    const id = await addAndRead('local', localText);
    await say(id, { timeZone: 'UTC' });
    expect(await findings()).toEqual(expected);
    expect(expected).toHaveLength(2);
  });

  it('changed later, are read again as if they had been read so at first; triage stays', async () => {
    const expected = await freshState(localText, 'Europe/Berlin');
    await empty();
    const id = await addAndRead('local', localText);
    await say(id, { timeZone: 'America/New_York' });
    const [finding] = await db.finding.findMany({ where: { mode: 'strict' } });
    if (!finding) throw new Error('a finding was expected');
    await updateFinding(ANALYST, finding.id, { version: finding.version, status: 'in_progress' });
    await say(id, { timeZone: 'Europe/Berlin' });
    expect((await db.finding.findUniqueOrThrow({ where: { id: finding.id } })).status).toBe('in_progress');
    await db.finding.update({
      where: { id: finding.id },
      data: { status: 'new', isTouched: false, version: finding.version, ownerId: null },
    });
    expect(await stateOf()).toEqual(expected);
    expect(await detail(id)).toMatchObject({ status: 'ready', recordCount: 2, timeZone: 'Europe/Berlin' });
    // More often than a file may bring its worker down.
    for (let round = 0; round < 4; round++) {
      await say(id, { timeZone: 'Asia/Tokyo' });
      await say(id, { timeZone: 'Europe/Berlin' });
    }
    expect(await detail(id)).toMatchObject({ status: 'ready', recordCount: 2 });
    const actions = await db.auditEntry.findMany({ where: { action: 'evidence.change', objectId: id } });
    expect(actions[1]).toMatchObject({
      before: { timeZone: 'America/New_York' },
      after: { timeZone: 'Europe/Berlin' },
    });
  });

  it('that first come later stop the reading there, and what came before stays', async () => {
    const filler = { ...registryWrite, data: [['Image', 'x'.repeat(2_000)]] as const };
    const rows = Array.from({ length: 1_200 }, (_, index) =>
      getWinEventRow({
        ...filler,
        system: { ...filler.system, eventId: 7, recordId: String(1_000 + index) },
      }),
    );
    const local = STORY.map((record) => getWinEventRow(record, localTime(record)));
    const id = await addAndRead('late', Buffer.from(table([...rows, ...local])));
    const before = await detail(id);
    expect(before).toMatchObject({ status: 'asking', question: 'time_zone' });
    expect(before.recordCount).toBeGreaterThan(300);
    const { events } = await previewReading(ANALYST, id, { timeZone: 'UTC' });
    expect(events.map(({ given }) => given)).toEqual(STORY.map(localTime));
    await say(id, { timeZone: 'Asia/Tokyo' });
    expect(await detail(id)).toMatchObject({ status: 'ready', recordCount: 1_202, lossCount: 0 });
    const state = await stateOf();
    expect(await freshState(Buffer.from(table([...rows, ...local])), 'Asia/Tokyo')).toEqual(state);
  });

  it('are asked about once for all that waits, and not where the upload said it', async () => {
    const first = await addAndRead('a', localText);
    const second = await addAndRead('b', localTable);
    expect((await detail(first)).alsoAsking).toEqual({ archive: 0, investigation: 1 });
    await say(first, { timeZone: 'Europe/Berlin', scope: 'investigation' });
    expect(await detail(second)).toMatchObject({ status: 'ready', timeZone: 'Europe/Berlin' });
    await empty();
    const zip = await makeZip([
      { path: 'a.log', bytes: localText },
      { path: 'b.csv', bytes: localTable },
    ]);
    const archive = await addAndRead('a.zip', zip);
    const members = await db.evidence.findMany({ where: { parentId: archive }, orderBy: { name: 'asc' } });
    for (const { id } of members) await ingest(id);
    const [one, other] = members.map(({ id }) => id);
    expect((await detail(one ?? '')).alsoAsking).toEqual({ archive: 1, investigation: 1 });
    await say(one ?? '', { timeZone: 'Asia/Tokyo', scope: 'archive' });
    expect(await detail(other ?? '')).toMatchObject({ status: 'ready', timeZone: 'Asia/Tokyo' });
    // What comes out of it later inherits.
    expect((await detail(archive)).timeZone).toBe('Asia/Tokyo');
  });
});

describe('columns that no form claims', () => {
  it('wait for a mapping; then they give the findings of known forms, and the next such file asks nothing', async () => {
    await addAndRead('xml', Buffer.from(`<Events>${STORY.map(renderEventXml).join('')}</Events>`));
    const expected = await findings();
    await empty();

    const id = await addAndRead('odd', odd());
    expect(await detail(id)).toMatchObject({ status: 'asking', question: 'mapping', isMappable: true });
    const { columns, proposal } = await getColumns(ANALYST, id);
    expect(columns.map(({ name }) => name)).toEqual([
      'When',
      'Machine',
      'Reg Key',
      'Value Data',
      'Account',
      'Script Text',
      'Tag',
    ]);
    const preview = await previewReading(ANALYST, id, { mapping: proposal });
    expect(preview.events.map(({ eventCode, host }) => [eventCode, host])).toEqual([
      [13, SYSTEM.computer],
      [4104, SYSTEM.computer],
    ]);
    expect(preview.detections.length).toBeGreaterThanOrEqual(2);
    await say(id, { mapping: proposal });
    expect(await detail(id)).toMatchObject({ status: 'ready', recordCount: 2, mapping: proposal });
    expect(await findings()).toEqual(expected);
    const state = await stateOf();

    const next = await addAndRead('next', odd('second'));
    expect(await detail(next)).toMatchObject({ status: 'ready', recordCount: 2, mapping: proposal });
    const { items } = await listMappings(ANALYST);
    expect(items).toMatchObject([{ mapping: proposal, evidenceCount: 2, updatedBy: ANALYST.name }]);
    const headerKey = items[0]?.headerKey ?? '';
    expect(await exportMapping(ANALYST, headerKey)).toEqual({
      columns: columns.map(({ name }) => name),
      mapping: proposal,
    });

    // Mapped otherwise and back, it is as at first.
    await empty();
    const again = await addAndRead('odd', odd());
    await say(again, { mapping: { ...proposal, time: null, fields: { host: 'Machine' } } });
    expect(await findings()).toEqual([]);
    await say(again, { mapping: proposal });
    expect(await stateOf()).toEqual(state);

    await deleteMapping(ANALYST, headerKey);
    const third = await addAndRead('third', odd('third'));
    expect(await detail(third)).toMatchObject({ status: 'asking', question: 'mapping' });
    await expect(say(third, { mapping: { ...proposal, raw: 'Nothing' } })).rejects.toThrow('has no column');
  });

  it('whose times have no zone ask for that next, or take the zone of the mapping', async () => {
    const local = (record: EvidenceRecord): string => iso(record).replace('T', ' ').replace('Z', '');
    const id = await addAndRead('odd', odd('', STORY, local));
    const other = await addAndRead('other', odd('other', STORY, local));
    const { proposal } = await getColumns(ANALYST, id);
    await say(id, { mapping: proposal });
    expect(await detail(id)).toMatchObject({ status: 'asking', question: 'time_zone', mapping: proposal });
    expect(await detail(other)).toMatchObject({ status: 'asking', question: 'time_zone', mapping: proposal });
    const zoned = { ...proposal, time: proposal.time && { ...proposal.time, zone: 'Asia/Tokyo' } };
    await say(id, { mapping: zoned });
    expect(await detail(id)).toMatchObject({ status: 'ready', timeZone: 'Asia/Tokyo' });
    expect(await firstTicks()).toEqual(STORY.map(({ timeTicks }) => (timeTicks ?? 0n) - 9n * HOUR));
    const next = await addAndRead('next', odd('next', STORY, local));
    expect(await detail(next)).toMatchObject({ status: 'ready', timeZone: 'Asia/Tokyo' });
  });

  it('may stay as they are, and are not asked about where that already tells, or nothing does', async () => {
    const id = await addAndRead('odd', odd());
    await say(id, { mapping: 'as-is' });
    expect(await detail(id)).toMatchObject({ status: 'ready', recordCount: 2, mapping: 'as-is' });
    expect(await detail(await addAndRead('next', odd('next')))).toMatchObject({ status: 'ready' });
    const named = {
      _time: iso(registryWrite),
      host: 'h',
      source: 'XmlWinEventLog:Microsoft-Windows-PowerShell/Operational',
      EventCode: '4104',
      ScriptBlockText: 'Get-Date',
    };
    expect(await detail(await addAndRead('named', Buffer.from(JSON.stringify(named))))).toMatchObject({
      status: 'ready',
      isMappable: true,
    });
    const untelling = await add('packages', Buffer.from('name,version,size\na,1,2\nb,3,4\n'));
    await ingest(untelling);
    expect(await detail(untelling)).toMatchObject({ status: 'ready', recordCount: 2, isMappable: true });
    await expect(change(await addAndRead('local', localText), { mapping: 'as-is' })).rejects.toThrow(
      'cannot be mapped',
    );
  });
});
