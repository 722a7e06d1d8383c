import { z } from 'zod';
import type { SourceField } from '../types.ts';

const name = z
  .string()
  .regex(/^[\w.[\]$-]{1,100}$/, 'A name of a parameter has letters, digits, hyphens and dots.');
const path = z.string().regex(/^[\w@.-]{1,300}$/, 'Write keys joined by dots: data.items.');
const header = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([\t\x20-\x7e]*)$/;

export const PAGING = ['none', 'page', 'offset', 'cursor', 'link'] as const;
export const TIMES = ['iso', 'epoch-s', 'epoch-ms'] as const;

export const httpJsonSettings = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'Write it as https://siem.example/api/events.' }),
  headers: z.array(z.string().regex(header, 'Write a header as Name: value.')).max(50).default([]),
  paging: z.enum(PAGING).default('none'),
  /** Parameter of the page number, the offset or the cursor. */
  pageParam: name.optional(),
  sizeParam: name.optional(),
  pageSize: z.int().min(1).max(100_000).default(1_000),
  /** Where the answer has the cursor, or the address, of the next page. */
  nextPath: path.optional(),
  /** Where the answer has the rows; nothing: the answer is a list, or one row a line. */
  rowsPath: path.optional(),
  /** What names a row; nothing: the row itself. */
  keyPath: path.optional(),
  /** Parameters that narrow the rows to those that came in since, and until, a time. */
  fromParam: name.optional(),
  untilParam: name.optional(),
  times: z.enum(TIMES).default('iso'),
});
export type HttpJsonSettings = z.output<typeof httpJsonSettings>;

export const httpJsonSecrets = z.strictObject({
  header: z
    .string()
    .regex(header, 'Write the header as Name: value, for example Authorization: Bearer ….')
    .optional(),
});
export type HttpJsonSecrets = z.output<typeof httpJsonSecrets>;

/** Name and value. */
export function headerOf(text: string): readonly [string, string] {
  const [, key = '', value = ''] = header.exec(text) ?? [];
  return [key, value];
}

const asked = (field: Partial<SourceField> & Pick<SourceField, 'name' | 'label'>): SourceField => ({
  hint: null,
  input: 'text',
  isSecret: false,
  isRequired: false,
  ...field,
});

export const httpJsonFields: readonly SourceField[] = [
  asked({ name: 'url', label: 'Address', hint: 'With all fixed parameters.', isRequired: true }),
  asked({
    name: 'headers',
    label: 'Headers',
    hint: 'One a line, as Name: value. None that is secret.',
    input: 'list',
  }),
  asked({
    name: 'rowsPath',
    label: 'Rows are at',
    hint: 'Keys joined by dots, for example data.items. Empty: the answer is a list, or one row a line.',
  }),
  asked({
    name: 'keyPath',
    label: 'A row is named by',
    hint: 'For example id. Empty: by all that is in it.',
  }),
  asked({
    name: 'paging',
    label: 'Pages',
    input: 'choice',
    isRequired: true,
    initial: 'none',
    choices: [
      { value: 'none', label: 'all rows come at once' },
      { value: 'page', label: 'by page number' },
      { value: 'offset', label: 'by offset' },
      { value: 'cursor', label: 'by a cursor in the answer' },
      { value: 'link', label: 'by an address in the answer, or a Link header' },
    ],
  }),
  asked({ name: 'pageParam', label: 'Parameter of page, offset or cursor' }),
  asked({ name: 'sizeParam', label: 'Parameter of the page size' }),
  asked({ name: 'pageSize', label: 'Rows a page', input: 'number', initial: 1_000 }),
  asked({ name: 'nextPath', label: 'Next cursor or address is at', hint: 'Keys joined by dots.' }),
  asked({
    name: 'fromParam',
    label: 'Parameter: rows that came in since',
    hint: 'Empty: each pull reads all rows.',
  }),
  asked({ name: 'untilParam', label: 'Parameter: rows that came in until' }),
  asked({
    name: 'times',
    label: 'Times are written as',
    input: 'choice',
    isRequired: true,
    initial: 'iso',
    choices: [
      { value: 'iso', label: 'ISO 8601, UTC' },
      { value: 'epoch-s', label: 'seconds since 1970' },
      { value: 'epoch-ms', label: 'milliseconds since 1970' },
    ],
  }),
  asked({
    name: 'header',
    label: 'Secret header',
    hint: 'As Name: value, for example Authorization: Bearer ….',
    isSecret: true,
  }),
];
