import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { updateFinding } from '#lib/findings/commands.ts';
import { findingListQuery } from '#lib/findings/inputs.ts';
import { getFinding, listFindings } from '#lib/findings/queries.ts';
import { addAndRead, stateOf, useTestInstance } from '#lib/jobs/testing.ts';
import { getAttackMatrix, getOverview } from '#lib/reports/queries.ts';
import { listIncidents } from '#lib/risk/incidents.ts';
import { scriptBlock, xmlFile } from '#lib/risk/testing.ts';
import { getHost } from '#lib/timeline/queries.ts';
import { endFiltersWhoseTimeIsOver } from './apply.ts';
import { decideFilter, removeFilter, renewFilter, revertFilter, saveFilter } from './commands.ts';
import { type DraftInput, filterListQuery } from './inputs.ts';
import {
  filterFields,
  filtersOfFinding,
  getFilter,
  listFilters,
  previewFilter,
  proposeFilters,
} from './queries.ts';
import { addFindings, addPeople, draft, POWERSHELL_ID, person, REASON, REGISTRY_ID } from './testing.ts';

useTestDatabase();
useTestInstance();
const ana = person('ana-1', 'analyst');
const max = person('max', 'manager');
const eva = person('eva', 'manager');
beforeAll(() => addPeople(ana, max, eva));
beforeEach(addFindings);

const INVENTORY = 'search NOT ScriptBlockText="Get-WmiObject Win32_ScheduledJob*"';
const save = (one: DraftInput, ruleId: string | null = null, version: number | null = null, actor = ana) =>
  saveFilter(actor, { draft: one, ruleId, version });
const list = (more: Record<string, string> = {}) =>
  listFindings(ana, findingListQuery.parse({ sort: 'number', direction: 'asc', ...more }));
const hiddenDests = async () =>
  (await list({ hidden: 'only' })).items.map(({ detectionId, dest }) => ({ detectionId, dest }));

async function closeAs(dest: string, disposition: 'true_positive' | 'false_positive'): Promise<void> {
  const { items } = await list({ detection: POWERSHELL_ID });
  const found = items.find((item) => item.dest === dest);
  await updateFinding(ana, found?.id ?? '', {
    version: 1,
    status: 'closed',
    disposition,
    reason: 'looked at it',
  });
}

describe('what a rule hides', () => {
  it('leaves lists, counts, risk and chains, can be looked at, and comes back when the rule goes', async () => {
    const before = await stateOf();
    const { id, state } = await save(draft(INVENTORY));
    expect(state).toBe('in_force');
    const page = await list();
    expect(page.items.map(({ dest, isHidden }) => ({ dest, isHidden }))).not.toContainEqual({
      dest: 'ws2.corp.local',
      isHidden: false,
    });
    expect({ total: page.total, hiddenTotal: page.hiddenTotal, totalAll: page.totalAll }).toEqual({
      total: 4,
      hiddenTotal: 2,
      totalAll: 6,
    });
    expect((await list({ hidden: 'include' })).total).toBe(6);
    expect((await list({ hidden: 'only' })).items.every(({ isHidden }) => isHidden)).toBe(true);
    expect((await getHost(ana, 'ws2.corp.local')).findingCount).toBe(0);
    expect((await getOverview(ana)).findingTotal).toBe(3);
    const cells = (await getAttackMatrix(ana)).tactics.flatMap(({ techniques }) => techniques);
    expect(cells.find(({ id: one }) => one === 'T1059.001')?.findingCount).toBe(1);
    expect(await db.riskEvent.count({ where: { finding: { isHidden: true } } })).toBe(0);
    const hidden = (await list({ hidden: 'only' })).items[0]?.id ?? '';
    const filters = await filtersOfFinding(ana, hidden);
    expect(filters).toMatchObject({
      isHidden: true,
      rules: [{ id, version: 1, outcome: 'hide', author: 'ana-1' }],
    });
    expect((await getFinding(ana, hidden)).filters).toEqual(filters);
    await removeFilter(ana, id, { reason: REASON });
    expect(await stateOf()).toEqual(before);
    expect(await db.filterHit.count()).toBe(0);
  });

  it('is no step of a chain: a chain whose every use is hidden is none', async () => {
    expect((await listIncidents(ana, { limit: 10, open: 'false' } as never)).total).toBe(1);
    const saved = await save(draft('search NOT (dest="ws1.corp.local" ScriptBlockText="(Get*")'));
    // It is a step of a chain, so a second person must agree.
    expect(saved.state).toBe('proposed');
    expect((await list({ hidden: 'only' })).total).toBe(0);
    await decideFilter(max, saved.id, { version: 1, isApproved: true, reason: REASON });
    expect((await listIncidents(ana, { limit: 10, open: 'false' } as never)).total).toBe(0);
    expect((await getHost(ana, 'ws1.corp.local')).hasChain).toBe(false);
    await removeFilter(ana, saved.id, { reason: REASON });
    expect((await listIncidents(ana, { limit: 10, open: 'false' } as never)).total).toBe(1);
  });

  it('lowers risk by its factor, several rules by all of theirs', async () => {
    const before = await db.riskObject.findMany({ where: { objectName: 'ws2.corp.local' } });
    expect(before[0]?.peakScore).toBe(40);
    await save(draft(INVENTORY, { outcome: 'lower', factor: 0.5 }));
    const { id } = await save(
      draft('search NOT dest="ws2*"', { outcome: 'lower', factor: 0.2, hosts: ['ws2.corp.local'] }),
    );
    expect(
      (await db.riskObject.findMany({ where: { objectName: 'ws2.corp.local' } }))[0]?.peakScore,
    ).toBeCloseTo(4);
    expect((await list()).hiddenTotal).toBe(0);
    await save(draft('search NOT dest="ws2*"', { outcome: 'lower', factor: 0 }), id, 1);
    expect(
      await db.riskObject.findMany({ where: { objectName: 'ws2.corp.local', peakScore: { gt: 0 } } }),
    ).toEqual([]);
    expect((await getFilter(ana, id)).riskTaken).toBe(40);
  });

  it('is applied to evidence that comes later, and counts hits', async () => {
    const { id } = await save(draft(INVENTORY));
    await addAndRead(
      'later.xml',
      xmlFile(
        scriptBlock(
          { computer: 'ws9.corp.local', time: '2024-03-06T10:00:00Z', recordId: 9 },
          'Get-WmiObject Win32_ScheduledJob # again',
        ),
      ),
    );
    expect((await list()).hiddenTotal).toBe(3);
    const rule = await getFilter(ana, id);
    expect(rule).toMatchObject({ covered: 3, hits7: 3, hits30: 3, riskTaken: 120 });
    expect(rule.findings).toHaveLength(3);
    expect(rule.lastHitAt).not.toBeNull();
  });

  it('changes nothing the second time', async () => {
    await save(draft(INVENTORY));
    const hits = () => db.filterHit.findMany({ orderBy: { findingId: 'asc' } });
    const before = [await hits(), await stateOf()];
    await save(draft('search NOT dest="nowhere" | search NOT user="nobody"'));
    expect([await hits(), await stateOf()]).toEqual(before);
  });
});

describe('scope', () => {
  it('of detections, hosts by any of their names, and a window in event time', async () => {
    const of = async (more: Partial<DraftInput>) => {
      const { covered, considered } = await previewFilter(ana, {
        draft: draft('search NOT dest=*', more),
        ruleId: null,
      });
      return { covered, considered };
    };
    expect(await of({})).toEqual({ covered: 5, considered: 5 });
    expect(await of({ detectionIds: [REGISTRY_ID] })).toEqual({ covered: 2, considered: 2 });
    expect(await of({ hosts: ['ws1.corp.local', 'ws2.corp.local'] })).toEqual({ covered: 3, considered: 3 });
    const ticks = (time: string) => (BigInt(Date.parse(time)) * 10_000n).toString();
    const window = {
      fromTicks: ticks('2024-03-05T11:00:00Z'),
      toTicks: ticks('2024-03-05T12:30:00Z'),
      zone: 'Europe/Berlin',
    };
    expect(await of({ window })).toEqual({ covered: 2, considered: 2 });
    expect(await of({ window: { ...window, toTicks: null } })).toEqual({ covered: 3, considered: 3 });
  });

  it('a rule never touches findings of another detection, and what a preview says is what happens', async () => {
    const value = fc.constantFrom(
      'ws1.corp.local',
      'ws2*',
      '*corp*',
      'adm',
      'S-1-5-18',
      'Get-Wmi*',
      'EnableAt',
      '*',
    );
    const term = fc
      .tuple(fc.constantFrom('dest', 'user', 'ScriptBlockText', 'registry_value_name'), value)
      .map(([field, text]) => `${field}="${text}"`);
    const text = fc.oneof(
      fc.array(term, { minLength: 1, maxLength: 3 }).map((terms) => `search NOT (${terms.join(' ')})`),
      fc.array(term, { minLength: 2, maxLength: 3 }).map((terms) => `search NOT (${terms.join(' OR ')})`),
      term.map((one) => `search ${one}`),
    );
    const rule = fc.record({
      text,
      detectionIds: fc.subarray([POWERSHELL_ID, REGISTRY_ID]),
      outcome: fc.constantFrom('hide' as const, 'lower' as const),
      hosts: fc.subarray(['ws1.corp.local']),
    });
    // A field that no chosen detection has is refused.
    const fits = ({ text: one, detectionIds }: { text: string; detectionIds: string[] }): boolean =>
      detectionIds.length !== 1 || !/registry|Script/.test(one);
    const before = await stateOf();
    await fc.assert(
      fc
        .asyncProperty(fc.array(rule.filter(fits), { minLength: 1, maxLength: 3 }), async (rules) => {
          const effects: unknown[] = [];
          for (const order of [rules, rules.toReversed()]) {
            const ids: string[] = [];
            for (const one of order) {
              const given = draft(one.text, { ...one, factor: 0.5, expiresAt: '2099-01-01T00:00:00Z' });
              const preview = await previewFilter(ana, { draft: given, ruleId: null });
              const saved = await save(given);
              ids.push(saved.id);
              expect(saved.state).toBe(preview.conflictTotal > 0 ? 'proposed' : 'in_force');
              if (saved.state === 'proposed') {
                await decideFilter(max, saved.id, { version: 1, isApproved: true, reason: REASON });
              }
              const after = await getFilter(ana, saved.id);
              expect(after.covered).toBe(preview.covered);
              expect(await previewFilter(ana, { draft: given, ruleId: saved.id })).toMatchObject({
                covered: preview.covered,
                added: { count: 0 },
                removed: { count: 0 },
                riskAfter: preview.riskAfter,
                riskBefore: preview.riskBefore,
              });
            }
            if (
              rules.every(
                ({ detectionIds }) => detectionIds.length === 1 && detectionIds[0] === POWERSHELL_ID,
              )
            ) {
              expect((await hiddenDests()).filter(({ detectionId }) => detectionId === REGISTRY_ID)).toEqual(
                [],
              );
            }
            effects.push(
              await db.finding.findMany({
                where: { mode: 'strict' },
                orderBy: { id: 'asc' },
                select: { id: true, isHidden: true, filterFactor: true, chainSeverity: true },
              }),
            );
            for (const id of ids) await removeFilter(ana, id, { reason: REASON });
            expect(await stateOf()).toEqual(before);
          }
          expect(effects[0]).toEqual(effects[1]);
        })
        .beforeEach(addFindings),
      { numRuns: 6, seed: 3 },
    );
  }, 240_000);
});

describe('a second person', () => {
  it('must agree before a true positive vanishes: a manager, and not the author', async () => {
    await closeAs('ws2.corp.local', 'true_positive');
    const preview = await previewFilter(ana, { draft: draft(INVENTORY), ruleId: null });
    expect(preview).toMatchObject({
      covered: 2,
      conflictTotal: 1,
      conflicts: [{ dest: 'ws2.corp.local', conflict: 'true-positive' }],
    });
    const saved = await save(draft(INVENTORY), null, null, max);
    expect(saved.state).toBe('proposed');
    expect((await list()).hiddenTotal).toBe(0);
    const decision = { version: 1, isApproved: true, reason: REASON };
    await expect(decideFilter(ana, saved.id, decision)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(decideFilter(max, saved.id, decision)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await listFilters(ana, filterListQuery.parse({ review: 'approval' }))).items).toHaveLength(1);
    expect(await decideFilter(eva, saved.id, decision)).toMatchObject({ state: 'in_force' });
    expect((await list()).hiddenTotal).toBe(2);
    await expect(decideFilter(eva, saved.id, decision)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('an edit that needs approval leaves the version in force as it is; rejected, too', async () => {
    const first = await save(draft('search NOT (dest="ws2.corp.local" user="S-1-5-18")'));
    await closeAs('ws3.corp.local', 'true_positive');
    const second = await save(draft(INVENTORY), first.id, 1);
    expect(second).toMatchObject({ version: 2, state: 'proposed' });
    expect(await hiddenDests()).toEqual([{ detectionId: POWERSHELL_ID, dest: 'ws2.corp.local' }]);
    await decideFilter(eva, first.id, { version: 2, isApproved: false, reason: REASON });
    const rule = await getFilter(ana, first.id);
    expect(rule.versions.map(({ number, state }) => [number, state])).toEqual([
      [2, 'rejected'],
      [1, 'in_force'],
    ]);
    expect(rule).toMatchObject({ state: 'in-force', version: 1 });
    expect(rule.versions[0]?.conflicts).toHaveLength(1);
  });
});

describe('versions', () => {
  it('are added, differ, and go back by one click', async () => {
    const { id } = await save(draft('search NOT (dest="ws2.corp.local" user="S-1-5-18")'));
    await save(draft(INVENTORY), id, 1);
    expect((await list()).hiddenTotal).toBe(2);
    expect(await revertFilter(ana, id, { toVersion: 1, reason: REASON })).toMatchObject({
      version: 3,
      state: 'in_force',
    });
    expect((await list()).hiddenTotal).toBe(1);
    const rule = await getFilter(ana, id);
    expect(rule.versions.map(({ number, state, revertOf }) => ({ number, state, revertOf }))).toEqual([
      { number: 3, state: 'in_force', revertOf: 1 },
      { number: 2, state: 'ended', revertOf: null },
      { number: 1, state: 'ended', revertOf: null },
    ]);
    await expect(save(draft(INVENTORY), id, 2)).rejects.toMatchObject({
      code: 'conflict',
      details: { version: 3 },
    });
    expect(await db.auditEntry.count({ where: { objectId: id } })).toBe(3);
  });

  it('end by their expiry or snooze, and the findings come back without anybody', async () => {
    const soon = new Date(Date.now() + 3_600_000);
    const later = new Date(soon.getTime() + 1);
    const { id } = await save(draft(INVENTORY, { expiresAt: soon.toISOString() }));
    await save(
      draft('search NOT (dest="ws2.corp.local" user=*)', {
        outcome: 'snooze',
        snoozeUntil: soon.toISOString(),
      }),
    );
    expect((await listFilters(ana, filterListQuery.parse({}))).review).toMatchObject({
      expiring: 1,
      expired: 0,
    });
    expect(await endFiltersWhoseTimeIsOver(new Date())).toBe(0);
    expect((await list()).hiddenTotal).toBe(2);
    expect(await endFiltersWhoseTimeIsOver(later)).toBe(1);
    expect((await list()).hiddenTotal).toBe(0);
    expect(await endFiltersWhoseTimeIsOver(later)).toBe(0);
    const renewed = await renewFilter(ana, id, { expiresAt: '2099-01-01T00:00:00Z', reason: REASON });
    expect(renewed).toMatchObject({ version: 2, state: 'in_force' });
    expect((await list()).hiddenTotal).toBe(2);
    expect(await getFilter(ana, id)).toMatchObject({
      expiresAt: '2099-01-01T00:00:00.000Z',
      text: INVENTORY,
    });
  });

  it('end after 90 days unless their author says otherwise, and never cover a whole host for ever', async () => {
    const { id } = await save(draft(INVENTORY));
    const days = (Date.parse((await getFilter(ana, id)).expiresAt ?? '') - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(90);
    for (const text of ['search NOT dest="ws2.corp.local"', 'where dest!="ws2.corp.local"', 'search NOT *']) {
      await expect(save(draft(text, { expiresAt: null }))).rejects.toMatchObject({
        code: 'invalid-input',
        details: { field: 'expiresAt' },
      });
    }
    expect((await save(draft(INVENTORY, { expiresAt: null }))).state).toBe('in_force');
  });

  it('refuse a text with mistakes, an unknown detection, a time that is over', async () => {
    await expect(save(draft('search NOT dset="x"'))).rejects.toMatchObject({
      code: 'invalid-input',
      details: { field: 'text' },
    });
    await expect(save(draft(INVENTORY, { detectionIds: ['nothing'] }))).rejects.toMatchObject({
      code: 'invalid-input',
    });
    await expect(save(draft(INVENTORY, { expiresAt: '2020-01-01T00:00:00Z' }))).rejects.toMatchObject({
      code: 'invalid-input',
    });
    expect(await previewFilter(ana, { draft: draft('search NOT dset="x"'), ruleId: null })).toMatchObject({
      covered: 0,
      problems: [{ message: 'The findings have no field "dset".' }],
    });
    await expect(save(draft(INVENTORY), null, null, person('vic', 'viewer'))).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('want a look when a detection no longer gives what they read, and leave it alone', async () => {
    const { id } = await save(
      draft('search NOT (dest="ws2.corp.local" user="S-1-5-18")', { detectionIds: [POWERSHELL_ID] }),
    );
    await db.filterRuleVersion.updateMany({
      data: { columns: { [POWERSHELL_ID]: ['dest', 'user', 'gone'] } },
    });
    await save(draft('search NOT dest="nowhere*"'));
    expect(await getFilter(ana, id)).toMatchObject({ covered: 0, review: ['columns-changed'] });
    expect((await list()).hiddenTotal).toBe(0);
  });
});

describe('what an editor asks', () => {
  it('fields of the detections with real values, and findings that lack one', async () => {
    const fields = await filterFields(ana, { detectionIds: [POWERSHELL_ID] });
    expect(fields.map(({ name }) => name)).toContain('ScriptBlockText');
    expect(fields.find(({ name }) => name === 'ScriptBlockText')).toMatchObject({
      isAttackerControlled: true,
    });
    expect(fields.find(({ name }) => name === 'dest')).toMatchObject({
      role: 'host',
      values: [
        { name: 'ws1.corp.local', count: 1 },
        { name: 'ws2.corp.local', count: 1 },
        { name: 'ws3.corp.local', count: 1 },
      ],
    });
    const { missingField } = await previewFilter(ana, {
      draft: draft('search NOT (dest=* ScriptBlockText!="x")'),
      ruleId: null,
    });
    expect(missingField).toEqual([{ field: 'ScriptBlockText', count: 2 }]);
  });

  it('proposals: the narrowest first, never the host alone, and none that covers a true positive', async () => {
    const { items } = await list({ detection: POWERSHELL_ID });
    const chosen = items.filter(({ dest }) => dest !== 'ws1.corp.local').map(({ id }) => id);
    await closeAs('ws1.corp.local', 'true_positive');
    const proposals = await proposeFilters(ana, { findingIds: chosen });
    expect(proposals.length).toBeGreaterThan(1);
    expect(proposals[0]).toMatchObject({ coversChosen: 2, chosen: 2, coversOthers: 0 });
    expect(proposals[0]?.words).toMatch(/dest .* user .*ScriptBlockText/);
    for (const { text, warnings } of proposals) {
      const preview = await previewFilter(ana, {
        draft: draft(text, { detectionIds: [POWERSHELL_ID] }),
        ruleId: null,
      });
      expect(preview.problems).toEqual([]);
      expect(preview.covered).toBe(2);
      expect(preview.conflictTotal).toBe(0);
      if (text === proposals[0]?.text)
        expect(warnings.filter(({ severity }) => severity === 'high')).toEqual([]);
    }
  });
});
