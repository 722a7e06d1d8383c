/** The part of the API that is about sources; endpoints.ts lists it. */
import { z } from 'zod';
import { backfillInput, newSource, sourceChange } from '#lib/sources/inputs.ts';
import type { Endpoint } from './endpoint.ts';
import * as answers from './source-schemas.ts';

const sourceReference = z.object({ id: z.string().min(1).max(100).describe('Id of the source.') });

export const listSources = {
  method: 'GET',
  path: '/api/v1/sources',
  summary: 'SIEMs that evidence is pulled from, with their last pulls and failures.',
  permission: 'read',
  response: answers.sourceList,
} as const satisfies Endpoint;

export const listSourceKinds = {
  method: 'GET',
  path: '/api/v1/sources/kinds',
  summary: 'The kinds of sources with the settings and secrets that they ask for.',
  permission: 'read',
  response: answers.sourceKinds,
} as const satisfies Endpoint;

export const addSource = {
  method: 'POST',
  path: '/api/v1/sources',
  summary: 'Adds a source. Secrets are encrypted and never given out.',
  permission: 'manage-sources',
  body: newSource,
  status: 201,
  response: answers.sourceDetail,
} as const satisfies Endpoint;

export const getSource = {
  method: 'GET',
  path: '/api/v1/sources/{id}',
  summary: 'One source: settings, what it covers, what it is asked, its last test and pulls.',
  permission: 'read',
  params: sourceReference,
  response: answers.sourceDetail,
} as const satisfies Endpoint;

export const updateSource = {
  method: 'PATCH',
  path: '/api/v1/sources/{id}',
  summary: 'Changes a source; 409 when somebody was faster.',
  permission: 'manage-sources',
  params: sourceReference,
  body: sourceChange,
  response: answers.sourceDetail,
} as const satisfies Endpoint;

export const removeSource = {
  method: 'DELETE',
  path: '/api/v1/sources/{id}',
  summary: 'Takes a source away and wipes its secrets; its evidence stays.',
  permission: 'manage-sources',
  params: sourceReference,
  status: 204,
} as const satisfies Endpoint;

export const testSource = {
  method: 'POST',
  path: '/api/v1/sources/{id}/test',
  summary: 'Tries everything that a pull needs and says what works, and how to mend the rest.',
  permission: 'manage-sources',
  params: sourceReference,
  response: answers.sourceTest,
} as const satisfies Endpoint;

export const pullSource = {
  method: 'POST',
  path: '/api/v1/sources/{id}/pulls',
  summary: 'Pulls now, from where the last pull ended.',
  permission: 'add-evidence',
  params: sourceReference,
  status: 202,
  response: answers.pullBegun,
} as const satisfies Endpoint;

export const cancelSourcePulls = {
  method: 'DELETE',
  path: '/api/v1/sources/{id}/pulls',
  summary: 'Ends the pulls that wait or run; what was kept stays.',
  permission: 'manage-sources',
  params: sourceReference,
  status: 204,
} as const satisfies Endpoint;

export const backfillSource = {
  method: 'POST',
  path: '/api/v1/sources/{id}/backfill',
  summary: 'Pulls the past in slices of event time, the latest first.',
  permission: 'manage-sources',
  params: sourceReference,
  body: backfillInput,
  status: 202,
  response: answers.backfillBegun,
} as const satisfies Endpoint;

export const SOURCE_ENDPOINTS: readonly Endpoint[] = [
  listSources,
  listSourceKinds,
  addSource,
  getSource,
  updateSource,
  removeSource,
  testSource,
  pullSource,
  cancelSourcePulls,
  backfillSource,
];
