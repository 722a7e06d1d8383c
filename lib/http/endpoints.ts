/**
 * What the HTTP API offers, one entry a method and path. The OpenAPI document is made from it, the permission tests walk
 * over it, and a route that is not in it (or in permission-table.ts) fails them.
 *
 * A route takes its schemas from its entry: `export const GET = apiRoute({ ...listFindings, handler })`, where
 * `listFindings` is the entry; its inputs are the schemas that forms use too, its answer is described in schemas.ts.
 */
import { z } from 'zod';
import {
  comparisonQuery,
  detectionChange,
  detectionListQuery,
  detectionReference,
  exportQuery,
  importQuery,
} from '#lib/catalogue/inputs.ts';
import { passwordInput } from '#lib/custody/inputs.ts';
import { findingChange, findingListQuery, noteInput } from '#lib/findings/inputs.ts';
import { channelChange, channelReference, newChannel } from '#lib/notifications/inputs.ts';
import { incidentQuery, riskObjectQuery } from '#lib/risk/inputs.ts';
import { hostListQuery, surroundingsQuery, timelineQuery } from '#lib/timeline/inputs.ts';
import type { Access } from './access.ts';
import * as answers from './schemas.ts';
import { SOURCE_ENDPOINTS } from './source-endpoints.ts';

export type Endpoint = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters in braces: `/api/v1/findings/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly permission: Access;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** Body of type application/json, unless `bodyType` says another. */
  readonly body?: z.ZodType;
  readonly bodyType?: string;
  /** Status of success; 200 when not given. */
  readonly status?: number;
  /** Answer of type application/json, unless `responseType` says another. */
  readonly response?: z.ZodType;
  readonly responseType?: string;
};

const id = z.string().min(1).max(300);
const evidenceReference = z.object({ id: id.describe('Id of the evidence.') });
const uploadReference = z.object({
  id: z
    .string()
    .regex(/^[0-9a-f]{32}$/, 'There is no such upload.')
    .describe('Id of the upload.'),
});
const findingReference = z.object({ id: id.describe('Id of the finding, or its number: `12` or `F-12`.') });
const hostReference = z.object({ id: id.describe('Id of the host, or any of its names.') });

export const addEvidence = {
  method: 'POST',
  path: '/api/v1/evidence',
  summary: 'Keeps files as evidence and has them read.',
  permission: 'add-evidence',
  body: z.object({ file: z.array(z.file()).min(1).describe('One part a file; files are kept one by one.') }),
  bodyType: 'multipart/form-data',
  status: 202,
  response: answers.evidenceAdded,
} as const satisfies Endpoint;

export const listEvidence = {
  method: 'GET',
  path: '/api/v1/evidence',
  summary: 'The newest 1,000 pieces of evidence with how far they are read.',
  permission: 'read',
  response: answers.evidenceList,
} as const satisfies Endpoint;

export const getEvidence = {
  method: 'GET',
  path: '/api/v1/evidence/{id}',
  summary: 'One piece of evidence: hosts, kinds of events, problems, and which detections ran or were blind.',
  permission: 'read',
  params: evidenceReference,
  response: answers.evidenceDetail,
} as const satisfies Endpoint;

export const downloadEvidence = {
  method: 'GET',
  path: '/api/v1/evidence/{id}/content',
  summary: 'The bytes as they came. The download is written into the audit.',
  permission: 'download-evidence',
  params: evidenceReference,
  responseType: 'application/octet-stream',
} as const satisfies Endpoint;

export const getEvidenceConsequences = {
  method: 'GET',
  path: '/api/v1/evidence/{id}/consequences',
  summary: 'What would go if this evidence were deleted.',
  permission: 'delete-evidence',
  params: evidenceReference,
  response: answers.deletionConsequences,
} as const satisfies Endpoint;

export const unlockEvidence = {
  method: 'POST',
  path: '/api/v1/evidence/{id}/password',
  summary:
    'Reads the encrypted members of an archive. The password is used once and kept nowhere; answers when all are taken out.',
  permission: 'add-evidence',
  params: evidenceReference,
  body: passwordInput,
  response: answers.unlockedArchive,
} as const satisfies Endpoint;

export const deleteEvidence = {
  method: 'DELETE',
  path: '/api/v1/evidence/{id}',
  summary: 'Deletes evidence with the events and findings that rest on it alone.',
  permission: 'delete-evidence',
  params: evidenceReference,
  status: 204,
} as const satisfies Endpoint;

export const recogniseEvidence = {
  method: 'POST',
  path: '/api/v1/evidence/known',
  summary:
    'Which evidence has these bytes, so that they need not be sent; one that was given up is read again.',
  permission: 'add-evidence',
  body: z.strictObject({
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'Give the SHA-256 as 64 hexadecimal digits in lower case.'),
    sizeBytes: z.int().min(0),
  }),
  response: answers.evidenceRecognised,
} as const satisfies Endpoint;

export const listUploads = {
  method: 'GET',
  path: '/api/v1/uploads',
  summary: 'Your uploads that wait for more bytes. They are given up after 7 days.',
  permission: 'add-evidence',
  response: answers.uploadList,
} as const satisfies Endpoint;

export const createUpload = {
  method: 'POST',
  path: '/api/v1/uploads',
  summary:
    'Begins an upload that can be resumed (tus 1.0.0, headers Upload-Length and Upload-Metadata); 413 when the disk has no room.',
  permission: 'add-evidence',
  body: z.file().optional().describe('The first bytes, or none.'),
  bodyType: 'application/offset+octet-stream',
  status: 201,
} as const satisfies Endpoint;

export const askUpload = {
  method: 'HEAD',
  path: '/api/v1/uploads/{id}',
  summary: 'How many bytes of an upload have come (tus 1.0.0, header Upload-Offset).',
  permission: 'add-evidence',
  params: uploadReference,
} as const satisfies Endpoint;

export const appendToUpload = {
  method: 'PATCH',
  path: '/api/v1/uploads/{id}',
  summary:
    'Appends bytes (tus 1.0.0); after the last ones the header Jobsight-Evidence-Id names the evidence.',
  permission: 'add-evidence',
  params: uploadReference,
  body: z.file(),
  bodyType: 'application/offset+octet-stream',
  status: 204,
} as const satisfies Endpoint;

export const removeUpload = {
  method: 'DELETE',
  path: '/api/v1/uploads/{id}',
  summary: 'Gives an upload up and removes what has come of it.',
  permission: 'add-evidence',
  params: uploadReference,
  status: 204,
} as const satisfies Endpoint;

export const listFindings = {
  method: 'GET',
  path: '/api/v1/findings',
  summary: 'A page of findings. Several values of one filter are joined by commas.',
  permission: 'read',
  query: findingListQuery,
  response: answers.findingPage,
} as const satisfies Endpoint;

export const getFinding = {
  method: 'GET',
  path: '/api/v1/findings/{id}',
  summary: 'One finding: why it fired, its events, risk, ATT&CK, notes and history.',
  permission: 'read',
  params: findingReference,
  response: answers.findingDetail,
} as const satisfies Endpoint;

export const updateFinding = {
  method: 'PATCH',
  path: '/api/v1/findings/{id}',
  summary:
    'Changes status, disposition, reason or owner; 409 with what stands there when somebody was faster.',
  permission: 'triage',
  params: findingReference,
  body: findingChange,
  response: answers.findingDetail,
} as const satisfies Endpoint;

export const addFindingNote = {
  method: 'POST',
  path: '/api/v1/findings/{id}/notes',
  summary: 'Adds a note and answers the finding.',
  permission: 'triage',
  params: findingReference,
  body: noteInput,
  status: 201,
  response: answers.findingDetail,
} as const satisfies Endpoint;

export const listHosts = {
  method: 'GET',
  path: '/api/v1/hosts',
  summary: 'A page of hosts, those with the highest risk first.',
  permission: 'read',
  query: hostListQuery,
  response: answers.hostPage,
} as const satisfies Endpoint;

export const getHost = {
  method: 'GET',
  path: '/api/v1/hosts/{id}',
  summary: 'One host: risk with its peak of 24 hours, findings, coverage, evidence.',
  permission: 'read',
  params: hostReference,
  response: answers.hostDetail,
} as const satisfies Endpoint;

export const getHostTimeline = {
  method: 'GET',
  path: '/api/v1/hosts/{id}/timeline',
  summary: 'What happened on a host; without a range, all that is kept.',
  permission: 'read',
  params: hostReference,
  query: timelineQuery,
  response: answers.hostTimeline,
} as const satisfies Endpoint;

export const getSurroundingEvents = {
  method: 'GET',
  path: '/api/v1/hosts/{id}/events',
  summary:
    'Every event of a host around a time, by time, read from the stored evidence; a page may be empty and yet have a next.',
  permission: 'read',
  params: hostReference,
  query: surroundingsQuery,
  response: answers.surroundingEvents,
} as const satisfies Endpoint;

export const listRiskObjects = {
  method: 'GET',
  path: '/api/v1/risk/objects',
  summary: 'Systems and users, the highest sum of risk within 24 hours first.',
  permission: 'read',
  query: riskObjectQuery,
  response: answers.riskObjectPage,
} as const satisfies Endpoint;

export const listIncidents = {
  method: 'GET',
  path: '/api/v1/incidents',
  summary: 'What wants a person at once, the worst first: chains over one host or several.',
  permission: 'read',
  query: incidentQuery,
  response: answers.incidentPage,
} as const satisfies Endpoint;

export const getAttackMatrix = {
  method: 'GET',
  path: '/api/v1/attack',
  summary: 'ATT&CK techniques of the detections under each of their tactics, with what was found.',
  permission: 'read',
  response: answers.attackMatrix,
} as const satisfies Endpoint;

export const getOverview = {
  method: 'GET',
  path: '/api/v1/overview',
  summary: 'The numbers of the overview.',
  permission: 'read',
  response: answers.overview,
} as const satisfies Endpoint;

export const listDetections = {
  method: 'GET',
  path: '/api/v1/detections',
  summary: 'Detections that are shipped or imported, with how far stored evidence was read for them.',
  permission: 'read',
  query: detectionListQuery,
  response: answers.detectionPage,
} as const satisfies Endpoint;

export const getDetection = {
  method: 'GET',
  path: '/api/v1/detections/{id}',
  summary: 'One detection: its searches, what it needs, and the hosts that it can judge.',
  permission: 'read',
  params: detectionReference,
  response: answers.detectionDetail,
} as const satisfies Endpoint;

export const updateDetection = {
  method: 'PATCH',
  path: '/api/v1/detections/{id}',
  summary: 'Enables or disables a detection, lets another variant count, or sets the risk of its findings.',
  permission: 'manage-detections',
  params: detectionReference,
  body: detectionChange,
  response: answers.detectionDetail,
} as const satisfies Endpoint;

export const compareDetection = {
  method: 'GET',
  path: '/api/v1/detections/{id}/comparison',
  summary: 'What another variant finds in the stored evidence beside the one that counts.',
  permission: 'read',
  params: detectionReference,
  query: comparisonQuery,
  response: answers.variantComparison,
} as const satisfies Endpoint;

export const exportDetection = {
  method: 'GET',
  path: '/api/v1/detections/{id}/export',
  summary: 'The detection as published YAML or as a Sigma rule.',
  permission: 'read',
  params: detectionReference,
  query: exportQuery,
  responseType: 'application/yaml',
} as const satisfies Endpoint;

export const importDetections = {
  method: 'POST',
  path: '/api/v1/detections/import',
  summary:
    'Imports detections (published YAML, savedsearches.conf, Sigma), macros.conf, transforms.conf and CSV lookups.',
  permission: 'manage-detections',
  query: importQuery,
  body: z.object({
    file: z.array(z.file()).min(1).describe('One part a file; they may refer to each other.'),
  }),
  bodyType: 'multipart/form-data',
  response: answers.importResult,
} as const satisfies Endpoint;

export const reprocessEvidence = {
  method: 'POST',
  path: '/api/v1/detections/reprocess',
  summary: 'Has all stored evidence read again for every enabled detection.',
  permission: 'manage-detections',
  status: 202,
  response: answers.reprocessStarted,
} as const satisfies Endpoint;

export const listChannels = {
  method: 'GET',
  path: '/api/v1/notifications/channels',
  summary: 'Channels that notifications go to, with what waits and what was given up.',
  permission: 'manage-sources',
  response: answers.channelList,
} as const satisfies Endpoint;

export const addChannel = {
  method: 'POST',
  path: '/api/v1/notifications/channels',
  summary: 'Adds a channel: email, slack, teams, webhook or syslog. Its secrets are never given out.',
  permission: 'manage-sources',
  body: newChannel,
  status: 201,
  response: answers.channelDetail,
} as const satisfies Endpoint;

export const getChannel = {
  method: 'GET',
  path: '/api/v1/notifications/channels/{id}',
  summary: 'One channel with its latest 50 deliveries.',
  permission: 'manage-sources',
  params: channelReference,
  response: answers.channelDetail,
} as const satisfies Endpoint;

export const updateChannel = {
  method: 'PATCH',
  path: '/api/v1/notifications/channels/{id}',
  summary: 'Changes a channel; 409 when somebody was faster.',
  permission: 'manage-sources',
  params: channelReference,
  body: channelChange,
  response: answers.channelDetail,
} as const satisfies Endpoint;

export const deleteChannel = {
  method: 'DELETE',
  path: '/api/v1/notifications/channels/{id}',
  summary: 'Removes a channel with its secrets and all that waits.',
  permission: 'manage-sources',
  params: channelReference,
  status: 204,
} as const satisfies Endpoint;

export const testChannel = {
  method: 'POST',
  path: '/api/v1/notifications/channels/{id}/test',
  summary: 'Sends a test at once and answers exactly what came back.',
  permission: 'manage-sources',
  params: channelReference,
  response: answers.channelTest,
} as const satisfies Endpoint;

const getHealth = {
  method: 'GET',
  path: '/healthz',
  summary: 'Whether the web server answers.',
  permission: { public: 'asked by supervisors; tells nothing' },
  response: z.object({ status: z.literal('ok') }),
} as const satisfies Endpoint;

const getReadiness = {
  method: 'GET',
  path: '/readyz',
  summary: 'Whether requests can be served; 503 when the database does not answer.',
  permission: { public: 'asked by load balancers; tells nothing' },
  response: z.object({ status: z.literal('ready') }),
} as const satisfies Endpoint;

export const getMetrics = {
  method: 'GET',
  path: '/metrics',
  summary: 'Figures of the web process, evidence, findings and workers for Prometheus.',
  permission: 'read',
  responseType: 'text/plain',
} as const satisfies Endpoint;

const getOpenApi = {
  method: 'GET',
  path: '/api/v1/openapi.json',
  summary: 'This document.',
  permission: { public: 'describes the program, not its data' },
} as const satisfies Endpoint;

export const ENDPOINTS: readonly Endpoint[] = [
  addEvidence,
  listEvidence,
  getEvidence,
  downloadEvidence,
  getEvidenceConsequences,
  unlockEvidence,
  deleteEvidence,
  recogniseEvidence,
  listUploads,
  createUpload,
  askUpload,
  appendToUpload,
  removeUpload,
  listFindings,
  getFinding,
  updateFinding,
  addFindingNote,
  listHosts,
  getHost,
  getHostTimeline,
  getSurroundingEvents,
  listRiskObjects,
  listIncidents,
  getAttackMatrix,
  getOverview,
  listDetections,
  getDetection,
  updateDetection,
  compareDetection,
  exportDetection,
  importDetections,
  reprocessEvidence,
  ...SOURCE_ENDPOINTS,
  listChannels,
  addChannel,
  getChannel,
  updateChannel,
  deleteChannel,
  testChannel,
  getHealth,
  getReadiness,
  getMetrics,
  getOpenApi,
];
