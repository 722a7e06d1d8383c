import { z } from 'zod';
import type { SourceField } from '../types.ts';

/** What index names, aliases, data streams and patterns are made of; `remote:name` is one of another cluster. */
const indexName = z
  .string()
  .regex(/^[^\s\\/?"<>|#,A-Z]{1,255}$/, 'An index has no capitals, blanks, commas or \\ / ? " < > | #.')
  .refine((name) => !/^[-_+]/.test(name), 'An index does not begin with - _ or +.');

const common = {
  /** What of `/` comes before the paths of the API stays, for clusters behind a proxy. */
  url: z.url({ protocol: /^https?$/, error: 'Write it as https://elastic.example:9200.' }),
  indexes: z.array(indexName).min(1, 'Name at least one index or pattern.').max(100),
  username: z.string().max(200).optional(),
};

const elasticSettings = z
  .strictObject({
    ...common,
    at: z.enum(['url', 'cloud']).default('url'),
    url: common.url.optional(),
    cloudId: z
      .string()
      .max(2_000)
      .refine(isCloudId, 'Copy it from the deployment’s page: name:letters.')
      .optional(),
    signIn: z.enum(['api-key', 'password', 'none']).default('api-key'),
  })
  .refine(({ at, url, cloudId }) => (at === 'url' ? url : cloudId) !== undefined, {
    path: ['url'],
    message: 'Give an address or a cloud id.',
  });
const openSearchSettings = z.strictObject({
  ...common,
  signIn: z.enum(['password', 'token', 'none']).default('password'),
});

export type ElasticSettings = z.output<typeof elasticSettings> | z.output<typeof openSearchSettings>;

export const SETTINGS = { elasticsearch: elasticSettings, opensearch: openSearchSettings } as const;
export type Product = keyof typeof SETTINGS;

export const elasticSecrets = z.strictObject({
  /** As Elasticsearch gives it: the encoded one. */
  apiKey: z.string().max(10_000).optional(),
  token: z.string().max(10_000).optional(),
  password: z.string().max(1_000).optional(),
});
export type ElasticSecrets = z.output<typeof elasticSecrets>;

/** Where the cluster answers, without a slash at the end. */
export function addressOf(settings: ElasticSettings): string {
  const url =
    'at' in settings && settings.at === 'cloud' ? cloudUrl(settings.cloudId ?? '') : (settings.url ?? null);
  if (url === null) throw new Error('settings of Elasticsearch without address');
  return url.replace(/\/+$/, '');
}

function isCloudId(id: string): boolean {
  return cloudUrl(id) !== null;
}

/** `name:base64(host[:port]$uuid of Elasticsearch$uuid of Kibana)`, as the official clients read it. */
function cloudUrl(id: string): string | null {
  const [host = '', uuid = ''] = Buffer.from(id.split(':')[1] ?? '', 'base64')
    .toString('utf8')
    .split('$');
  const url = host === '' || uuid === '' ? null : URL.parse(`https://${uuid}.${host}`);
  return url === null ? null : url.origin;
}

const field = (
  part: Omit<SourceField, 'hint' | 'isSecret' | 'isRequired'> & Partial<SourceField>,
): SourceField => ({
  hint: null,
  isSecret: false,
  isRequired: true,
  ...part,
});

const INDEXES = field({
  name: 'indexes',
  label: 'Indexes',
  hint: 'Names, data streams or patterns, one a line: logs-windows.*, winlogbeat-*',
  input: 'list',
});
const USERNAME = field({
  name: 'username',
  label: 'User name',
  input: 'text',
  when: { name: 'signIn', value: 'password' },
});
const PASSWORD = field({
  name: 'password',
  label: 'Password',
  input: 'text',
  isSecret: true,
  when: { name: 'signIn', value: 'password' },
});
const PASSWORD_CHOICE = { value: 'password', label: 'user name and password' };
const NO_SIGN_IN = { value: 'none', label: 'nothing (a cluster without security)' };

export const FIELDS: Readonly<Record<Product, readonly SourceField[]>> = {
  elasticsearch: [
    field({
      name: 'at',
      label: 'Reached by',
      input: 'choice',
      choices: [
        { value: 'url', label: 'its address' },
        { value: 'cloud', label: 'the cloud id of Elastic Cloud' },
      ],
      initial: 'url',
    }),
    field({
      name: 'url',
      label: 'Address',
      hint: 'https://elastic.example:9200',
      input: 'text',
      when: { name: 'at', value: 'url' },
    }),
    field({ name: 'cloudId', label: 'Cloud id', input: 'text', when: { name: 'at', value: 'cloud' } }),
    INDEXES,
    field({
      name: 'signIn',
      label: 'Sign in with',
      input: 'choice',
      choices: [{ value: 'api-key', label: 'an API key' }, PASSWORD_CHOICE, NO_SIGN_IN],
      initial: 'api-key',
    }),
    USERNAME,
    field({
      name: 'apiKey',
      label: 'API key',
      hint: 'The encoded one, with read and view_index_metadata on the indexes.',
      input: 'text',
      isSecret: true,
      when: { name: 'signIn', value: 'api-key' },
    }),
    PASSWORD,
  ],
  opensearch: [
    field({ name: 'url', label: 'Address', hint: 'https://opensearch.example:9200', input: 'text' }),
    INDEXES,
    field({
      name: 'signIn',
      label: 'Sign in with',
      input: 'choice',
      choices: [PASSWORD_CHOICE, { value: 'token', label: 'a bearer token (JWT)' }, NO_SIGN_IN],
      initial: 'password',
    }),
    USERNAME,
    PASSWORD,
    field({
      name: 'token',
      label: 'Bearer token',
      input: 'text',
      isSecret: true,
      when: { name: 'signIn', value: 'token' },
    }),
  ],
};
