/** What the API offers about risk and incidents; see endpoints.ts. */
import { z } from 'zod';
import { detectionReference, detectionRiskChange } from '#lib/catalogue/inputs.ts';
import {
  assumptions,
  entityImportQuery,
  entityQuery,
  factorInput,
  incidentChange,
  incidentQuery,
  incidentReference,
  incidentRuleInput,
  removeQuery,
  revertInput,
  riskExportQuery,
  riskObjectQuery,
  riskObjectReference,
  riskSettingsChange,
  ruleReference,
} from '#lib/risk/inputs.ts';
import type { Endpoint } from './endpoint.ts';
import * as answers from './risk-schemas.ts';
import { detectionDetail } from './schemas.ts';

export const listRiskObjects = {
  method: 'GET',
  path: '/api/v1/risk/objects',
  summary: 'Systems and users, the highest sum of risk within 24 hours first.',
  permission: 'read',
  query: riskObjectQuery,
  response: answers.riskObjectPage,
} as const satisfies Endpoint;

export const getRiskObject = {
  method: 'GET',
  path: '/api/v1/risk/object',
  summary: 'One system or user with everything that its sum of risk is made of.',
  permission: 'read',
  query: riskObjectReference,
  response: answers.riskObjectDetail,
} as const satisfies Endpoint;

export const askWhatIf = {
  method: 'POST',
  path: '/api/v1/risk/what-if',
  summary:
    'What risk would be without a filter rule, with another impact or confidence, with or without the cap, with another factor or incident rule. Changes nothing.',
  permission: 'read',
  body: assumptions,
  response: answers.whatIf,
} as const satisfies Endpoint;

export const exportRisk = {
  method: 'GET',
  path: '/api/v1/risk/export',
  summary:
    "Risk events as CSV, JSON, one JSON line each in the field names of Splunk's risk index, or a STIX 2.1 bundle.",
  permission: 'read',
  query: riskExportQuery,
  responseType: 'text/csv',
} as const satisfies Endpoint;

export const getRiskSettings = {
  method: 'GET',
  path: '/api/v1/risk/settings',
  summary: 'The stacking cap, risk factors, incident rules and lists that risk is computed with.',
  permission: 'read',
  response: answers.riskSettings,
} as const satisfies Endpoint;

export const updateRiskSettings = {
  method: 'PATCH',
  path: '/api/v1/risk/settings',
  summary: 'Switches the stacking cap or a shipped incident rule on or off; risk is made anew at once.',
  permission: 'manage-risk',
  body: riskSettingsChange,
  response: answers.riskSettings,
} as const satisfies Endpoint;

export const addRiskFactor = {
  method: 'POST',
  path: '/api/v1/risk/factors',
  summary: 'Adds a risk factor and answers the settings.',
  permission: 'manage-risk',
  body: factorInput,
  status: 201,
  response: answers.riskSettings,
} as const satisfies Endpoint;

export const changeRiskFactor = {
  method: 'PUT',
  path: '/api/v1/risk/factors/{id}',
  summary: 'Gives a risk factor its next version.',
  permission: 'manage-risk',
  params: ruleReference,
  body: factorInput,
  response: answers.riskSettings,
} as const satisfies Endpoint;

export const removeRiskFactor = {
  method: 'DELETE',
  path: '/api/v1/risk/factors/{id}',
  summary: 'Takes a risk factor out of force; its versions stay.',
  permission: 'manage-risk',
  params: ruleReference,
  query: removeQuery,
  status: 204,
} as const satisfies Endpoint;

export const revertRiskFactor = {
  method: 'POST',
  path: '/api/v1/risk/factors/{id}/revert',
  summary: 'Makes an earlier version of a risk factor its next one.',
  permission: 'manage-risk',
  params: ruleReference,
  body: revertInput,
  response: answers.riskSettings,
} as const satisfies Endpoint;

export const addIncidentRule = {
  method: 'POST',
  path: '/api/v1/risk/incident-rules',
  summary: 'Adds an incident rule and answers the settings.',
  permission: 'manage-risk',
  body: incidentRuleInput,
  status: 201,
  response: answers.riskSettings,
} as const satisfies Endpoint;

export const changeIncidentRule = {
  method: 'PUT',
  path: '/api/v1/risk/incident-rules/{id}',
  summary: 'Gives an own incident rule its next version.',
  permission: 'manage-risk',
  params: ruleReference,
  body: incidentRuleInput,
  response: answers.riskSettings,
} as const satisfies Endpoint;

export const removeIncidentRule = {
  method: 'DELETE',
  path: '/api/v1/risk/incident-rules/{id}',
  summary: 'Takes an own incident rule out of force; its incidents are withdrawn.',
  permission: 'manage-risk',
  params: ruleReference,
  query: removeQuery,
  status: 204,
} as const satisfies Endpoint;

export const revertIncidentRule = {
  method: 'POST',
  path: '/api/v1/risk/incident-rules/{id}/revert',
  summary: 'Makes an earlier version of an own incident rule its next one.',
  permission: 'manage-risk',
  params: ruleReference,
  body: revertInput,
  response: answers.riskSettings,
} as const satisfies Endpoint;

export const listEntities = {
  method: 'GET',
  path: '/api/v1/risk/entities',
  summary: 'A page of the asset or identity list.',
  permission: 'read',
  query: entityQuery,
  response: answers.entityPage,
} as const satisfies Endpoint;

export const importEntities = {
  method: 'POST',
  path: '/api/v1/risk/entities',
  summary: 'Imports an asset or identity list (CSV with the columns of Splunk ES, and `sid`).',
  permission: 'manage-risk',
  query: entityImportQuery,
  body: z.object({ file: z.array(z.file()).length(1) }),
  bodyType: 'multipart/form-data',
  response: answers.entityImport,
} as const satisfies Endpoint;

export const removeEntities = {
  method: 'DELETE',
  path: '/api/v1/risk/entities',
  summary: 'Takes the asset or identity list away.',
  permission: 'manage-risk',
  query: entityQuery.pick({ kind: true }),
  status: 204,
} as const satisfies Endpoint;

export const listIncidents = {
  method: 'GET',
  path: '/api/v1/incidents',
  summary: 'What wants a person at once, the worst first: sums of risk that passed a rule, and chains.',
  permission: 'read',
  query: incidentQuery,
  response: answers.incidentPage,
} as const satisfies Endpoint;

export const getIncident = {
  method: 'GET',
  path: '/api/v1/incidents/{number}',
  summary: 'One incident: its risk events, triage and history.',
  permission: 'read',
  params: incidentReference,
  response: answers.incidentDetail,
} as const satisfies Endpoint;

export const updateIncident = {
  method: 'PATCH',
  path: '/api/v1/incidents/{number}',
  summary:
    'Changes status, disposition, reason or owner; 409 with what stands there when somebody was faster.',
  permission: 'triage',
  params: incidentReference,
  body: incidentChange,
  response: answers.incidentDetail,
} as const satisfies Endpoint;

export const setDetectionRisk = {
  method: 'PUT',
  path: '/api/v1/detections/{id}/risk',
  summary: "Sets impact and confidence of a detection, takes its author's again, or goes back to a version.",
  permission: 'manage-detections',
  params: detectionReference,
  body: detectionRiskChange,
  response: detectionDetail,
} as const satisfies Endpoint;

export const RISK_ENDPOINTS: readonly Endpoint[] = [
  listRiskObjects,
  getRiskObject,
  askWhatIf,
  exportRisk,
  getRiskSettings,
  updateRiskSettings,
  addRiskFactor,
  changeRiskFactor,
  removeRiskFactor,
  revertRiskFactor,
  addIncidentRule,
  changeIncidentRule,
  removeIncidentRule,
  revertIncidentRule,
  listEntities,
  importEntities,
  removeEntities,
  listIncidents,
  getIncident,
  updateIncident,
  setDetectionRisk,
];
