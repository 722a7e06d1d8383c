import { beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import * as answers from '#lib/http/risk-schemas.ts';
import { detectionDetail } from '#lib/http/schemas.ts';
import {
  addAndRead,
  callApi,
  exampleFile,
  formOf,
  REGISTRY,
  SCRIPT_BLOCKS,
  useApi,
} from '#lib/http/testing-api.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';

useTestDatabase();
useApi();

const HOST = 'win10-02.offsec.lan';
const OBJECT = `/api/v1/risk/object?type=system&name=${HOST}`;

beforeAll(() => addAndRead(exampleFile(SCRIPT_BLOCKS), exampleFile(REGISTRY)));

async function get<S extends z.ZodType>(schema: S, address: string): Promise<z.output<S>> {
  const response = await callApi('viewer', 'GET', address);
  expect(response.status).toBe(200);
  return schema.parse(await response.json());
}

async function send<S extends z.ZodType>(
  schema: S,
  method: string,
  address: string,
  body: object,
): Promise<z.output<S>> {
  const response = await callApi('manager', method, address, { body });
  const answer: unknown = await response.json();
  expect([response.status, answer]).toEqual([expect.toSatisfy((status) => status < 300), answer]);
  return schema.parse(answer);
}

const whatIf = (body: object) => send(answers.whatIf, 'POST', '/api/v1/risk/what-if', body);

describe('risk objects', () => {
  it('are listed with sparkline and facets, and each with the steps that its sum is made of', async () => {
    const page = await get(answers.riskObjectPage, '/api/v1/risk/objects?severity=medium');
    expect(page).toMatchObject({
      total: 1,
      items: [{ name: HOST, peakScore: 145, incidentCount: 1, priority: null }],
    });
    const detail = await get(answers.riskObjectDetail, OBJECT);
    expect(detail.steps.map(({ kind, change, eventCount }) => [kind, change, eventCount])).toEqual([
      ['base', 25, 1],
      ['base', 120, 3],
      ['sum', 145, 4],
    ]);
    expect((await callApi('viewer', 'GET', '/api/v1/risk/object?type=user&name=nobody')).status).toBe(404);
  });

  it('follow factors over the lists, with every version kept', async () => {
    const csv = `nt_host,priority,category\nwin10-02,critical,pci|lab\n,low,\n`;
    const body = formOf(new File([csv], 'assets.csv'));
    const imported = await callApi('manager', 'POST', '/api/v1/risk/entities?kind=asset', { body });
    expect(answers.entityImport.parse(await imported.json())).toMatchObject({
      importedCount: 1,
      problems: [{ line: 3 }],
    });
    const factor = { condition: 'priority="critical"', operation: 'multiply', value: 1.5 };
    const asked = await whatIf({ factor });
    expect(asked.objects).toMatchObject([{ name: HOST, before: 145, after: 217.5 }]);
    const made = await send(answers.riskSettings, 'POST', '/api/v1/risk/factors', {
      ...factor,
      name: 'critical assets',
      reason: 'they matter most',
    });
    const id = made.factors[0]?.id ?? '';
    expect(made.factors).toMatchObject([{ version: 1, eventCount: 4 }]);
    const detail = await get(answers.riskObjectDetail, OBJECT);
    expect(detail).toMatchObject({ peakScore: 217.5, priority: 'critical', category: ['pci', 'lab'] });
    expect(detail.steps.find(({ kind }) => kind === 'factor')).toMatchObject({ change: 72.5, eventCount: 4 });
    const address = `/api/v1/risk/factors/${id}`;
    await send(answers.riskSettings, 'PUT', address, { ...factor, value: 2, name: 'x', reason: 'more' });
    const back = await send(answers.riskSettings, 'POST', `${address}/revert`, {
      version: 1,
      reason: 'less',
    });
    expect(
      back.factors[0]?.versions.map(({ version, value, revertOf }) => [version, value, revertOf]),
    ).toEqual([
      [3, 1.5, 1],
      [2, 2, null],
      [1, 1.5, null],
    ]);
    expect((await callApi('manager', 'DELETE', address)).status).toBe(204);
    expect((await get(answers.riskObjectDetail, OBJECT)).peakScore).toBe(145);
    const mistake = await callApi('manager', 'POST', '/api/v1/risk/factors', {
      body: { ...factor, condition: 'prority="x"', name: 'x', reason: 'x' },
    });
    expect([mistake.status, await mistake.json()]).toMatchObject([
      400,
      {
        detail: expect.stringContaining('Did you mean "priority"?'),
        details: { field: 'condition', from: 0 },
      },
    ]);
    expect((await get(answers.entityPage, '/api/v1/risk/entities?kind=asset')).items).toMatchObject([
      { line: 2, fileName: 'assets.csv' },
    ]);
    expect((await callApi('manager', 'DELETE', '/api/v1/risk/entities?kind=asset')).status).toBe(204);
  });

  it('say what would be without a filter rule, with another confidence, and with the cap', async () => {
    const finding = await db.finding.findFirstOrThrow({ where: { mode: 'strict', riskScore: 40 } });
    const rule = await db.filterRule.create({
      data: {
        versions: {
          create: {
            number: 1,
            state: 'in_force',
            name: 'inventory',
            text: 'search NOT dest=x',
            outcome: 'hide',
            columns: {},
            reason: 'test',
            authorName: 'test',
          },
        },
        hits: {
          create: {
            findingId: finding.id,
            investigationId: DEFAULT_INVESTIGATION,
            versionNumber: 1,
            riskTaken: 40,
            eventCount: 1,
          },
        },
      },
    });
    await db.finding.update({ where: { id: finding.id }, data: { isHidden: true } });
    await send(answers.riskSettings, 'PATCH', '/api/v1/risk/settings', { isCapped: false });
    const detail = await get(answers.riskObjectDetail, OBJECT);
    expect(detail.steps.map(({ kind, change, filterNumber }) => [kind, change, filterNumber])).toEqual([
      ['base', 25, null],
      ['base', 120, null],
      ['hidden', -40, rule.number],
      ['sum', 105, null],
    ]);
    expect(detail.hidden).toMatchObject([{ findingNumber: finding.number, filterNumbers: [rule.number] }]);
    expect((await whatIf({ withoutFilters: [rule.number] })).objects).toMatchObject([
      { before: 105, after: 145 },
    ]);
    const less = await whatIf({ risks: [{ detectionId: finding.detectionId, confidence: 10 }], days: 90 });
    expect(less).toMatchObject({
      objects: [{ before: 105, after: 41 }],
      incidentsBefore: 1,
      incidentsAfter: 0,
      withdrawn: [{ number: expect.any(Number) }],
    });
    await db.filterRule.delete({ where: { id: rule.id } });
    await db.finding.update({ where: { id: finding.id }, data: { isHidden: false } });
    await send(answers.riskSettings, 'PATCH', '/api/v1/risk/settings', { isCapped: true });
    expect((await get(answers.riskObjectDetail, OBJECT)).peakScore).toBe(145);
    await send(answers.riskSettings, 'PATCH', '/api/v1/risk/settings', { isCapped: false });
  });
});

describe('incidents', () => {
  it('are triaged like findings, and keep that when they are computed anew', async () => {
    const page = await get(answers.incidentPage, '/api/v1/incidents?object=system');
    const [incident] = page.items;
    const address = `/api/v1/incidents/I-${incident?.number}`;
    const { version } = await get(answers.incidentDetail, address);
    const change = { version, status: 'closed', disposition: 'true_positive', reason: 'handed over' };
    expect((await callApi('viewer', 'PATCH', address, { body: change })).status).toBe(403);
    const closed = await send(answers.incidentDetail, 'PATCH', address, change);
    expect(closed).toMatchObject({
      status: 'closed',
      version: version + 1,
      history: [{ action: 'incident.update' }],
    });
    const late = await callApi('analyst', 'PATCH', address, { body: { ...change, reason: 'me too' } });
    expect([late.status, await late.json()]).toMatchObject([409, { details: { status: 'closed' } }]);
    const rule = { name: 'any', condition: 'source_count>=2', windowHours: 24, reason: 'see' };
    const { rules } = await send(answers.riskSettings, 'POST', '/api/v1/risk/incident-rules', rule);
    const own = rules.find(({ isShipped }) => !isShipped);
    expect(own).toMatchObject({ incidentCount: 1, version: 1 });
    expect(await get(answers.incidentDetail, address)).toMatchObject({ status: 'closed', state: 'active' });
    const byOwn = await get(answers.incidentPage, `/api/v1/incidents?rule=${own?.id}`);
    expect(byOwn.items).toMatchObject([{ sentence: 'any on win10-02: risk 145 from 2 detections' }]);
    expect((await callApi('manager', 'DELETE', `/api/v1/risk/incident-rules/${own?.id}`)).status).toBe(204);
    expect((await get(answers.incidentPage, `/api/v1/incidents?rule=${own?.id}`)).items).toMatchObject([
      { state: 'withdrawn' },
    ]);
  });
});

describe('impact and confidence of a detection', () => {
  it('have versions, each with who and why, and a way back', async () => {
    const { detectionId } = await db.finding.findFirstOrThrow({ where: { mode: 'strict', riskScore: 25 } });
    const address = `/api/v1/detections/${detectionId}/risk`;
    const set = (body: object) => send(detectionDetail, 'PUT', address, body);
    await set({ risk: { impact: 90, confidence: 50 }, reason: 'seen in the wild' });
    expect((await get(answers.riskObjectDetail, OBJECT)).peakScore).toBe(165);
    await set({ risk: null, reason: 'not here' });
    const back = await set({ revertTo: 1, reason: 'after all' });
    expect(back).toMatchObject({ riskScore: 45, risk: { set: { impact: 90, confidence: 50 } } });
    expect(
      back.risk.versions.map(({ number, impact, revertOf, author }) => [number, impact, revertOf, author]),
    ).toEqual([
      [3, 90, 1, "the manager's script"],
      [2, null, null, "the manager's script"],
      [1, 90, null, "the manager's script"],
    ]);
    expect((await callApi('analyst', 'PUT', address, { body: { risk: null, reason: 'x' } })).status).toBe(
      403,
    );
  });
});
