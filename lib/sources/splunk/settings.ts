import { z } from 'zod';
import type { SourceField } from '../types.ts';

/** Index names that Splunk allows, also with a star at the end. */
const indexName = z
  .string()
  .regex(
    /^[a-z0-9_*][a-z0-9_*-]{0,79}$/,
    'An index has lower-case letters, digits, hyphens and underscores.',
  );

export const splunkSettings = z.strictObject({
  /** Of the management port: `https://splunk.example:8089`. */
  url: z.url({ protocol: /^https?$/, error: 'Write it as https://splunk.example:8089.' }),
  /** Namespace in which searches run: who may see which knowledge objects. */
  owner: z
    .string()
    .regex(/^[\w.@-]{1,100}$/)
    .default('nobody'),
  app: z
    .string()
    .regex(/^[\w.-]{1,100}$/)
    .default('search'),
  indexes: z.array(indexName).max(100).default([]),
  signIn: z.enum(['token', 'password']).default('token'),
  username: z.string().max(200).optional(),
});
export type SplunkSettings = z.output<typeof splunkSettings>;

export const splunkSecrets = z.strictObject({
  token: z.string().max(10_000).optional(),
  password: z.string().max(1_000).optional(),
});
export type SplunkSecrets = z.output<typeof splunkSecrets>;

export const splunkFields: readonly SourceField[] = [
  {
    name: 'url',
    label: 'Address of the REST API',
    hint: 'The management port, usually 8089: https://splunk.example:8089',
    input: 'text',
    isSecret: false,
    isRequired: true,
  },
  {
    name: 'indexes',
    label: 'Indexes',
    hint: 'One a line. Empty: all that the user may search.',
    input: 'list',
    isSecret: false,
    isRequired: false,
  },
  {
    name: 'signIn',
    label: 'Sign in with',
    hint: null,
    input: 'choice',
    choices: [
      { value: 'token', label: 'an authentication token' },
      { value: 'password', label: 'user name and password' },
    ],
    isSecret: false,
    isRequired: true,
    initial: 'token',
  },
  {
    name: 'username',
    label: 'User name',
    hint: null,
    input: 'text',
    isSecret: false,
    isRequired: true,
    when: { name: 'signIn', value: 'password' },
  },
  {
    name: 'app',
    label: 'App',
    hint: 'Namespace in which searches run.',
    input: 'text',
    isSecret: false,
    isRequired: true,
    initial: 'search',
  },
  {
    name: 'owner',
    label: 'Owner',
    hint: 'nobody: what is shared with all.',
    input: 'text',
    isSecret: false,
    isRequired: true,
    initial: 'nobody',
  },
  {
    name: 'token',
    label: 'Authentication token',
    hint: 'Settings, Tokens in Splunk.',
    input: 'text',
    isSecret: true,
    isRequired: true,
    when: { name: 'signIn', value: 'token' },
  },
  {
    name: 'password',
    label: 'Password',
    hint: null,
    input: 'text',
    isSecret: true,
    isRequired: true,
    when: { name: 'signIn', value: 'password' },
  },
];
