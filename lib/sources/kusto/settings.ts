import { z } from 'zod';
import type { SourceField } from '../types.ts';

const CLOUDS = ['public', 'us-government', 'us-dod', 'china', 'custom'] as const;
type Cloud = (typeof CLOUDS)[number];

type Where = {
  readonly cloud: Cloud;
  readonly signInUrl?: string | undefined;
  readonly apiUrl?: string | undefined;
};
type Addresses = { readonly signIn: string; readonly api: string };

/** Of Entra ID (learn.microsoft.com/entra/identity-platform/authentication-national-cloud) and the Log Analytics query API. */
const LOG_ANALYTICS: Partial<Record<Cloud, Addresses>> = {
  public: { signIn: 'https://login.microsoftonline.com', api: 'https://api.loganalytics.azure.com' },
  'us-government': { signIn: 'https://login.microsoftonline.us', api: 'https://api.loganalytics.us' },
  china: { signIn: 'https://login.chinacloudapi.cn', api: 'https://api.loganalytics.azure.cn' },
};
/** Of Microsoft Graph (learn.microsoft.com/graph/deployments); hunting is not offered in China. */
const GRAPH: Partial<Record<Cloud, Addresses>> = {
  public: { signIn: 'https://login.microsoftonline.com', api: 'https://graph.microsoft.com' },
  'us-government': { signIn: 'https://login.microsoftonline.us', api: 'https://graph.microsoft.us' },
  'us-dod': { signIn: 'https://login.microsoftonline.us', api: 'https://dod-graph.microsoft.us' },
};

const address = z.url({ protocol: /^https?$/, error: 'Write it as https://login.example.' });
const common = {
  tenantId: z.string().regex(/^[\w.-]{1,100}$/, 'Write the directory id or its domain.'),
  clientId: z.guid('Write the application (client) id.'),
  cloud: z.enum(CLOUDS).default('public'),
  /** For the cloud `custom` alone. */
  signInUrl: address.optional(),
  apiUrl: address.optional(),
};

export const sentinelSettings = z
  .strictObject({ ...common, workspaceId: z.guid('Write the workspace id, which is a GUID.') })
  .refine((settings) => addressesOf('sentinel', settings) !== null, {
    error: 'Choose a cloud that has Log Analytics, or give both addresses.',
    path: ['cloud'],
  });
export type SentinelSettings = z.output<typeof sentinelSettings>;

export const defenderSettings = z
  .strictObject(common)
  .refine((settings) => addressesOf('defender', settings) !== null, {
    error: 'Choose a cloud that has advanced hunting, or give both addresses.',
    path: ['cloud'],
  });
export type DefenderSettings = z.output<typeof defenderSettings>;

export const kustoSecrets = z.strictObject({ clientSecret: z.string().max(1_000).optional() });
export type KustoSecrets = z.output<typeof kustoSecrets>;

/** Null when the cloud does not have it. */
export function addressesOf(
  kind: 'sentinel' | 'defender',
  { cloud, signInUrl, apiUrl }: Where,
): Addresses | null {
  if (cloud === 'custom') return signInUrl && apiUrl ? { signIn: signInUrl, api: apiUrl } : null;
  return (kind === 'sentinel' ? LOG_ANALYTICS : GRAPH)[cloud] ?? null;
}

const CLOUD_LABELS: Readonly<Record<Cloud, string>> = {
  public: 'Azure',
  'us-government': 'Azure US Government',
  'us-dod': 'Azure US Government, DoD',
  china: 'Azure China (21Vianet)',
  custom: 'other addresses',
};

const text = { hint: null, input: 'text', isSecret: false, isRequired: true } as const;

function fieldsOf(clouds: Partial<Record<Cloud, Addresses>>, own: readonly SourceField[]): SourceField[] {
  return [
    { ...text, name: 'tenantId', label: 'Directory (tenant) id' },
    {
      ...text,
      name: 'clientId',
      label: 'Application (client) id',
      hint: 'Of an app registration in Entra ID.',
    },
    {
      ...text,
      name: 'clientSecret',
      label: 'Client secret',
      hint: 'Its value, not its id.',
      isSecret: true,
    },
    ...own,
    {
      ...text,
      name: 'cloud',
      label: 'Cloud',
      input: 'choice',
      choices: CLOUDS.filter((cloud) => cloud === 'custom' || clouds[cloud]).map((cloud) => ({
        value: cloud,
        label: CLOUD_LABELS[cloud],
      })),
      initial: 'public',
    },
    {
      ...text,
      name: 'signInUrl',
      label: 'Address of the sign-in',
      when: { name: 'cloud', value: 'custom' },
    },
    {
      ...text,
      name: 'apiUrl',
      label: 'Address of the API',
      when: { name: 'cloud', value: 'custom' },
    },
  ];
}

export const sentinelFields: readonly SourceField[] = fieldsOf(LOG_ANALYTICS, [
  {
    ...text,
    name: 'workspaceId',
    label: 'Workspace id',
    hint: 'Overview of the Log Analytics workspace in the Azure portal.',
  },
]);
export const defenderFields: readonly SourceField[] = fieldsOf(GRAPH, []);
