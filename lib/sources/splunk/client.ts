/**
 * Splunk's REST API as far as a pull needs it. Sources: Splunk Enterprise REST API Reference, "Search endpoints"
 * (search/v2/jobs/export), "Access endpoints" (auth/login), "System endpoints" (server/info, authentication/current-context)
 * and "Index endpoints"; the sign-in headers as in splunk-sdk-python's splunklib/binding.py.
 */

import type { Response } from 'undici';
import { z } from 'zod';
import { jsonOf, linesOf, printable } from '../lines.ts';
import { patientFetch } from '../retry.ts';
import { type PullContext, SourceError } from '../types.ts';
import type { SplunkSecrets, SplunkSettings } from './settings.ts';

const messages = z.looseObject({
  messages: z.array(z.looseObject({ type: z.string().optional(), text: z.string().optional() })).optional(),
});

/** A row of an export, with the columns that a pull reads. */
export const exportLine = z.looseObject({
  preview: z.boolean().optional(),
  result: z
    .looseObject({
      _cd: z.string().optional(),
      _bkt: z.string().optional(),
      _indextime: z.string().optional(),
      _raw: z.string().optional(),
    })
    .optional(),
  messages: z.array(z.looseObject({ type: z.string().optional(), text: z.string().optional() })).optional(),
});

const serverInfo = z.looseObject({
  entry: z
    .array(
      z.looseObject({
        content: z.looseObject({ version: z.string().optional(), serverName: z.string().optional() }),
      }),
    )
    .min(1),
});
const currentContext = z.looseObject({
  entry: z
    .array(
      z.looseObject({
        content: z.looseObject({
          username: z.string().optional(),
          capabilities: z.array(z.string()).optional(),
        }),
      }),
    )
    .min(1),
});

export type SplunkClient = {
  readonly signIn: () => Promise<void>;
  readonly info: () => Promise<{
    readonly name: string;
    readonly version: string;
    readonly clockMs: number | null;
  }>;
  readonly context: () => Promise<{ readonly username: string; readonly capabilities: readonly string[] }>;
  /** Rows of a search as they are found, each as the line that Splunk sent. */
  readonly export: (
    search: string,
    times: ExportTimes,
  ) => AsyncGenerator<{ line: string; row: z.output<typeof exportLine> }>;
};

/** Seconds since 1970. Of the times that events bear, and of those at which they were indexed. */
export type ExportTimes = {
  readonly earliest: number;
  readonly latest: number | null;
  readonly indexEarliest: number | null;
  readonly indexLatest: number | null;
};

export function splunkClient(
  settings: SplunkSettings,
  secrets: SplunkSecrets,
  context: PullContext,
): SplunkClient {
  const base = settings.url.replace(/\/+$/, '');
  const patient = patientFetch(context);
  let authorization = settings.signIn === 'token' ? `Bearer ${secrets.token ?? ''}` : '';

  const signIn = async (): Promise<void> => {
    if (settings.signIn === 'token') return;
    const answer = await patient(`${base}/services/auth/login`, {
      method: 'POST',
      body: new URLSearchParams({
        username: settings.username ?? '',
        password: secrets.password ?? '',
        output_mode: 'json',
      }),
      signal: context.signal,
    });
    if (!answer.ok) throw await refusalOf(answer);
    const { sessionKey } = z.looseObject({ sessionKey: z.string() }).parse(await jsonOf(answer));
    authorization = `Splunk ${sessionKey}`;
  };

  /** A session may end in the middle of a pull; it is opened again once. */
  const request = async (path: string, body?: URLSearchParams): Promise<Response> => {
    for (let tries = 1; ; tries += 1) {
      if (authorization === '') await signIn();
      const answer = await patient(`${base}${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { authorization },
        ...(body ? { body } : {}),
        signal: context.signal,
      });
      if (answer.ok) return answer;
      if (answer.status !== 401 || tries > 1 || settings.signIn === 'token') throw await refusalOf(answer);
      await answer.body?.cancel();
      authorization = '';
    }
  };

  return {
    signIn: async () => {
      authorization = settings.signIn === 'token' ? authorization : '';
      await request('/services/authentication/current-context?output_mode=json').then((answer) =>
        answer.body?.cancel(),
      );
    },
    info: async () => {
      const answer = await patient(`${base}/services/server/info?output_mode=json`, {
        headers: authorization === '' ? {} : { authorization },
        signal: context.signal,
      });
      const clockMs = Date.parse(answer.headers.get('date') ?? '');
      if (!answer.ok) throw await refusalOf(answer);
      const content = read(serverInfo, await jsonOf(answer)).entry[0]?.content;
      return {
        name: content?.serverName ?? 'Splunk',
        version: content?.version ?? 'of an unknown version',
        clockMs: Number.isFinite(clockMs) ? clockMs : null,
      };
    },
    context: async () => {
      const answer = await request('/services/authentication/current-context?output_mode=json');
      const content = read(currentContext, await jsonOf(answer)).entry[0]?.content;
      return { username: content?.username ?? 'unknown', capabilities: content?.capabilities ?? [] };
    },
    export: async function* (search, times) {
      const form = new URLSearchParams({ search, output_mode: 'json', preview: 'false' });
      form.set('earliest_time', String(times.earliest));
      if (times.latest !== null) form.set('latest_time', String(times.latest));
      if (times.indexEarliest !== null) form.set('index_earliest', String(times.indexEarliest));
      if (times.indexLatest !== null) form.set('index_latest', String(times.indexLatest));
      const space = `/servicesNS/${encodeURIComponent(settings.owner)}/${encodeURIComponent(settings.app)}`;
      const answer = await request(`${space}/search/v2/jobs/export`, form);
      for await (const line of linesOf(answer)) {
        const row = read(exportLine, parsed(line));
        const fatal = row.messages?.find(({ type }) => type === 'FATAL' || type === 'ERROR');
        if (fatal)
          throw new SourceError('query', `Splunk refuses the search: ${printable(fatal.text ?? '')}`);
        for (const { type, text } of row.messages ?? [])
          if (type === 'WARN') context.note(`Splunk says: ${printable(text ?? '')}`);
        // Previews come again in the end.
        if (row.preview === true || !row.result) continue;
        yield { line, row };
      }
    },
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new SourceError('cut', 'The answer of Splunk ended in the middle of a row.', {
      remedy: 'The next pull goes on from what was kept.',
    });
  }
}

function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const place = result.error.issues[0]?.path.join('.') ?? '';
  throw new SourceError(
    'schema',
    `Splunk answers in another shape than its reference says${place ? `, at ${place}` : ''}.`,
    {
      remedy: 'Check the address, and whether this version of Splunk is supported.',
    },
  );
}

async function refusalOf(answer: Response): Promise<SourceError> {
  const text = await answer.text().catch(() => '');
  const said = printable(saidIn(text));
  if (answer.status === 401)
    return new SourceError('sign-in', `Splunk does not accept the sign-in${said ? `: ${said}` : ''}.`, {
      remedy: 'Enter the token or password again; a token may have expired.',
    });
  if (answer.status === 403)
    return new SourceError('rights', `Splunk does not allow it${said ? `: ${said}` : ''}.`, {
      remedy: 'The role needs the capability search and the indexes.',
    });
  if (answer.status === 404)
    return new SourceError('query', 'There is no Splunk REST API at this address.', {
      remedy: 'Give the address of the management port, usually 8089.',
    });
  return new SourceError('query', `Splunk answers ${answer.status}${said ? `: ${said}` : ''}.`);
}

function saidIn(text: string): string {
  try {
    const result = messages.safeParse(JSON.parse(text));
    return result.data?.messages?.map((one) => one.text ?? '').join(' ') ?? '';
  } catch {
    return /<msg[^>]*>([^<]*)<\/msg>/.exec(text)?.[1] ?? '';
  }
}
