/** Calls routes of the API in tests as Next would: by method and address. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { ROLES, type Role } from '#lib/auth/actor.ts';
import { createApiToken } from '#lib/auth/tokens.ts';
import '#lib/auth/testing.ts';
import { EvidenceStore } from '#lib/custody/store.ts';
import { db } from '#lib/db/client.ts';
import { ingestEvidence } from '#lib/jobs/ingest.ts';
import { closeSendingQueue } from '#lib/jobs/queue.ts';
import { addressOf, filesOf, ROOT } from './testing.ts';

export const SCRIPT_BLOCKS = 'powershell-win32-scheduledjob.evtx';
export const REGISTRY = 'sysmon-enableat.evtx';

const ORIGIN = 'http://localhost:3000';
const tokens = new Map<Role, string>();

/** Call after useTestDatabase(): a token of each role, and a data folder of this file alone. */
export function useApi(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'jobsight-api-'));
  process.env.JOBSIGHT_DATA = folder;
  beforeAll(async () => {
    for (const role of ROLES) {
      tokens.set(role, (await createApiToken({ role, name: `the ${role}'s script` })).token);
    }
  });
  afterAll(async () => {
    await closeSendingQueue();
    rmSync(folder, { recursive: true });
  });
}

type Call = { readonly headers?: Record<string, string>; readonly body?: FormData | Blob | object };

/** @param caller a role's token, or null: nobody */
export async function callApi(
  caller: Role | null,
  method: string,
  address: string,
  { headers = {}, body }: Call = {},
): Promise<Response> {
  const url = new URL(address, ORIGIN);
  const { file, params } = routeOf(url.pathname);
  const module: Record<string, unknown> = await import(/* @vite-ignore */ path.join(ROOT, file));
  const handler = module[method] as (request: Request, context: object) => Promise<Response>;
  const isJson = body !== undefined && !(body instanceof FormData || body instanceof Blob);
  const request = new Request(url, {
    method,
    body: isJson ? JSON.stringify(body) : body,
    headers: {
      ...(isJson ? { 'content-type': 'application/json' } : {}),
      ...(caller === null ? {} : { authorization: `Bearer ${tokens.get(caller)}` }),
      ...headers,
    },
  });
  return handler(request, { params: Promise.resolve(params) });
}

function routeOf(pathname: string): { file: string; params: Record<string, string> } {
  // As Next does: a name goes before a parameter.
  for (const file of filesOf('app/**/route.ts').toSorted((a, b) => parameters(a) - parameters(b))) {
    const pattern = addressOf(file)
      .replaceAll('.', '\\.')
      .replace(/\[(\w+)\]/g, '(?<$1>[^/]+)');
    const match = new RegExp(`^${pattern}$`).exec(pathname);
    if (!match) continue;
    const params = Object.entries(match.groups ?? {}).map(([name, text]) => [name, decodeURIComponent(text)]);
    return { file, params: Object.fromEntries(params) };
  }
  throw new Error(`no route answers at ${pathname}`);
}

function parameters(file: string): number {
  return file.split('[').length;
}

export function exampleFile(name: string): File {
  return new File([readFileSync(path.join(ROOT, 'e2e/evidence', name))], name);
}

export function formOf(...files: readonly File[]): FormData {
  const form = new FormData();
  for (const file of files) form.append('file', file);
  return form;
}

/** Uploads files as an analyst and reads them to the end, as a worker would. The ids, in order. */
export async function addAndRead(...files: readonly File[]): Promise<readonly string[]> {
  const response = await callApi('analyst', 'POST', '/api/v1/evidence', { body: formOf(...files) });
  const { items }: { items: readonly { id: string }[] } = await response.json();
  const store = new EvidenceStore(process.env.JOBSIGHT_DATA ?? '');
  for (const { id } of items) await ingestEvidence(id, { db, store });
  return items.map(({ id }) => id);
}
