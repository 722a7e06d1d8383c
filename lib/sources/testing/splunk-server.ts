/**
 * Splunk's REST API as far as a pull meets it, for tests. Shapes are those of Splunk's documentation and of the recorded
 * answers in the tests of its SDKs:
 * - POST /services/auth/login: {"sessionKey": …} (REST API Reference, Access endpoints, auth/login, output_mode=json)
 * - 401: {"messages":[{"type":"WARN","text":"call not properly authenticated"}]} (splunk-sdk-python, tests of binding.py)
 * - GET /services/server/info: {"entry":[{"content":{"version":…,"serverName":…}}]} (System endpoints, server/info)
 * - GET /services/authentication/current-context: entry[0].content.username, .capabilities (Access endpoints)
 * - POST /servicesNS/{owner}/{app}/search/v2/jobs/export: one object a line, {"preview":false,"offset":0,"lastrow":true,
 *   "result":{…}} (Search endpoints, search/v2/jobs/export; splunk-sdk-python's JSONResultsReader reads it so), rows of the
 *   latest event first, previews in between unless preview=0 is given as it is here
 */

import { json, startTestServer, type TestServer } from './server.ts';
import { compileTestSearch } from './splunk-search.ts';

export type SplunkEvent = {
  readonly raw: string;
  readonly index: string;
  readonly sourcetype: string;
  readonly source: string;
  readonly host: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly indexTime: number;
};

export type SplunkTestServer = TestServer & {
  readonly events: SplunkEvent[];
  /** The token that is accepted. */
  token: string;
  password: string;
  capabilities: string[];
  /** Between the rows of an export. */
  pauseMs: number;
  /** Ends every session, as a restart of Splunk does. */
  readonly endSessions: () => void;
};

export async function startSplunkServer(): Promise<SplunkTestServer> {
  const events: SplunkEvent[] = [];
  const sessions = new Set<string>();
  let sessionNumber = 0;
  const state = {
    token: 'splunk-token',
    password: 'splunk-password',
    capabilities: ['search', 'list_inputs'],
    pauseMs: 0,
  };
  const server = await startTestServer(async ({ path, method, form, headers, stream, response }) => {
    if (path === '/services/auth/login' && method === 'POST') {
      if (form.get('password') !== state.password) {
        json(response, 401, { messages: [{ type: 'WARN', text: 'Login failed' }] });
        return;
      }
      const sessionKey = `session-${++sessionNumber}`;
      sessions.add(sessionKey);
      json(response, 200, { sessionKey, message: '', code: '' });
      return;
    }
    const [scheme = '', credential = ''] = (headers.authorization ?? '').split(' ');
    const isIn =
      scheme === 'Bearer' ? credential === state.token : scheme === 'Splunk' && sessions.has(credential);
    if (!isIn) {
      json(response, 401, { messages: [{ type: 'WARN', text: 'call not properly authenticated' }] });
      return;
    }
    if (path === '/services/server/info') {
      json(response, 200, {
        entry: [{ name: 'server-info', content: { version: '9.4.1', serverName: 'splunk-test' } }],
      });
    } else if (path === '/services/authentication/current-context') {
      json(response, 200, {
        entry: [
          {
            name: 'context',
            content: { username: 'jobsight', capabilities: state.capabilities, roles: ['user'] },
          },
        ],
      });
    } else if (/^\/servicesNS\/[^/]+\/[^/]+\/search\/v2\/jobs\/export$/.test(path) && method === 'POST') {
      await exportRows(
        form,
        events,
        (rows) => stream(rows, state.pauseMs),
        (message) => json(response, 400, { messages: [{ type: 'FATAL', text: message }] }),
      );
    } else {
      json(response, 404, { messages: [{ type: 'ERROR', text: 'Not Found' }] });
    }
  });
  // The state itself, so that what a test changes is what the server sees.
  return Object.assign(state, server, { events, endSessions: () => sessions.clear() });
}

async function exportRows(
  form: URLSearchParams,
  events: readonly SplunkEvent[],
  stream: (rows: Iterable<string>) => Promise<void>,
  refuse: (message: string) => void,
): Promise<void> {
  const [search = '', ...commands] = (form.get('search') ?? '').split(' | ');
  let matches: (event: SplunkEvent) => boolean;
  try {
    matches = compileTestSearch(search);
  } catch (error) {
    refuse(String(error));
    return;
  }
  const bound = (name: string, otherwise: number): number =>
    form.has(name) ? Number(form.get(name)) : otherwise;
  const found = events
    .map((event, address) => ({ event, address }))
    .filter(
      ({ event }) =>
        event.time >= bound('earliest_time', 0) &&
        event.time < bound('latest_time', Number.POSITIVE_INFINITY) &&
        event.indexTime >= bound('index_earliest', 0) &&
        event.indexTime < bound('index_latest', Number.POSITIVE_INFINITY) &&
        matches(event),
    )
    .sort((a, b) => b.event.time - a.event.time);
  if (commands.some((command) => command.startsWith('stats count'))) {
    const count = commands.includes('head 1') ? Math.min(1, found.length) : found.length;
    await stream([
      `${JSON.stringify({ preview: false, offset: 0, lastrow: true, result: { count: String(count) } })}\n`,
    ]);
    return;
  }
  await stream(lines(found));
}

function* lines(
  found: readonly { readonly event: SplunkEvent; readonly address: number }[],
): Generator<string> {
  for (const [offset, { event, address }] of found.entries()) {
    const isLast = offset === found.length - 1;
    yield `${JSON.stringify({
      preview: false,
      offset,
      ...(isLast ? { lastrow: true } : {}),
      result: {
        _time: new Date(event.time * 1_000).toISOString().replace('Z', '+00:00'),
        _raw: event.raw,
        host: event.host,
        source: event.source,
        sourcetype: event.sourcetype,
        index: event.index,
        _indextime: String(event.indexTime),
        _cd: `1:${address}`,
        _bkt: `${event.index}~1~00000000-0000-0000-0000-000000000001`,
        splunk_server: 'splunk-test',
      },
    })}\n`;
  }
}
