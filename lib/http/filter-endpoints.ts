/** What the HTTP API offers of filter rules; see endpoints.ts. */
import { z } from 'zod';
import {
  filterChange,
  filterDecision,
  filterExportQuery,
  filterFieldsQuery,
  filterImportInput,
  filterListQuery,
  filterPreviewInput,
  filterProposalInput,
  filterRemoval,
  filterRenewal,
  filterRevert,
  newFilterInput,
} from '#lib/filters/inputs.ts';
import type { Endpoint } from './endpoints.ts';
import * as answers from './filter-schemas.ts';

const reference = z.object({
  id: z.string().min(1).max(300).describe('Id of the rule, or its number: `3` or `R-3`.'),
});

export const listFilters = {
  method: 'GET',
  path: '/api/v1/filters',
  summary: 'Filter rules with what they cover now, and how many want a look for which reason.',
  permission: 'read',
  query: filterListQuery,
  response: answers.filterPage,
} as const satisfies Endpoint;

export const addFilter = {
  method: 'POST',
  path: '/api/v1/filters',
  summary: 'Saves a new rule; `proposed` when it hides what it must not without a second person.',
  permission: 'write-filters',
  body: newFilterInput,
  status: 201,
  response: answers.savedFilter,
} as const satisfies Endpoint;

export const getFilter = {
  method: 'GET',
  path: '/api/v1/filters/{id}',
  summary: 'One rule with all its versions and the findings that it covers.',
  permission: 'read',
  params: reference,
  response: answers.filterDetail,
} as const satisfies Endpoint;

export const changeFilter = {
  method: 'PATCH',
  path: '/api/v1/filters/{id}',
  summary: 'Saves a new version of a rule; 409 with the newest one when somebody was faster.',
  permission: 'write-filters',
  params: reference,
  body: filterChange,
  response: answers.savedFilter,
} as const satisfies Endpoint;

export const removeFilter = {
  method: 'DELETE',
  path: '/api/v1/filters/{id}',
  summary: 'Takes a rule out of force for good; what it hid comes back.',
  permission: 'write-filters',
  params: reference,
  query: filterRemoval,
  status: 204,
} as const satisfies Endpoint;

export const decideFilter = {
  method: 'POST',
  path: '/api/v1/filters/{id}/decision',
  summary: 'Approves or rejects a proposed version; not by its author.',
  permission: 'approve-filters',
  params: reference,
  body: filterDecision,
  response: answers.savedFilter,
} as const satisfies Endpoint;

export const revertFilter = {
  method: 'POST',
  path: '/api/v1/filters/{id}/revert',
  summary: 'Makes what an earlier version said the newest version.',
  permission: 'write-filters',
  params: reference,
  body: filterRevert,
  response: answers.savedFilter,
} as const satisfies Endpoint;

export const renewFilter = {
  method: 'POST',
  path: '/api/v1/filters/{id}/renewal',
  summary: 'Gives a rule another end; a new version.',
  permission: 'write-filters',
  params: reference,
  body: filterRenewal,
  response: answers.savedFilter,
} as const satisfies Endpoint;

export const previewFilter = {
  method: 'POST',
  path: '/api/v1/filters/preview',
  summary: 'What a rule would do to the stored findings, without saving it.',
  permission: 'read',
  body: filterPreviewInput,
  response: answers.filterPreview,
} as const satisfies Endpoint;

export const proposeFilters = {
  method: 'POST',
  path: '/api/v1/filters/propose',
  summary: 'Rules that cover the findings and no true positive, the best first.',
  permission: 'read',
  body: filterProposalInput,
  response: answers.filterProposals,
} as const satisfies Endpoint;

export const listFilterFields = {
  method: 'GET',
  path: '/api/v1/filters/fields',
  summary: 'Output fields of detections with the most frequent values of stored findings.',
  permission: 'read',
  query: filterFieldsQuery,
  response: answers.filterFields,
} as const satisfies Endpoint;

export const exportFilters = {
  method: 'GET',
  path: '/api/v1/filters/export',
  summary: 'The rules in force as macros.conf, as JSON, or as Sigma filters.',
  permission: 'read',
  query: filterExportQuery,
  responseType: 'text/plain',
} as const satisfies Endpoint;

export const importFilters = {
  method: 'POST',
  path: '/api/v1/filters/import',
  summary: 'Saves the rules of a macros.conf, of our JSON, or of Sigma filters, each as a new rule.',
  permission: 'write-filters',
  body: filterImportInput,
  response: answers.filterImport,
} as const satisfies Endpoint;

export const FILTER_ENDPOINTS: readonly Endpoint[] = [
  listFilters,
  addFilter,
  getFilter,
  changeFilter,
  removeFilter,
  decideFilter,
  revertFilter,
  renewFilter,
  previewFilter,
  proposeFilters,
  listFilterFields,
  exportFilters,
  importFilters,
];
