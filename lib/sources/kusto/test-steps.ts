import { clockStep } from '../clock.ts';
import { SourceError, type TestStep } from '../types.ts';
import { type KustoClient, NoTableError, type QueryApi } from './client.ts';
import { datetime } from './compile.ts';
import type { KustoTable } from './tables.ts';

const DAYS = 30;

/** Sign-in, rights, and which tables hold anything. Throws SourceError where nothing more can be tried. */
export async function* testSteps(
  api: QueryApi,
  client: KustoClient,
  tables: readonly KustoTable[],
  timeColumn: string,
  nowMs: number,
): AsyncGenerator<TestStep> {
  await client.signIn();
  const refused = await client.ask('print Works = 1').then(
    () => null,
    (error: unknown) => {
      if (error instanceof SourceError && error.code === 'rights') return error;
      throw error;
    },
  );
  yield { step: 'reach', state: 'works', message: `${api.name} answers.`, remedy: null };
  yield [api.address, api.signInUrl].every((address) => address.startsWith('https:'))
    ? { step: 'tls', state: 'works', message: 'The connection is encrypted.', remedy: null }
    : {
        step: 'tls',
        state: 'warning',
        message: 'The connection is not encrypted: whoever stands between reads the sign-in.',
        remedy: 'Use https.',
      };
  yield {
    step: 'sign-in',
    state: 'works',
    message: 'Entra ID gave a token for the application.',
    remedy: null,
  };
  if (refused) {
    yield { step: 'rights', state: 'fails', message: refused.message, remedy: refused.remedy };
    return;
  }
  yield { step: 'rights', state: 'works', message: 'The application may run queries.', remedy: null };
  yield* dataSteps(client, tables, timeColumn, nowMs);
  yield clockStep(client.clockMs(), nowMs);
}

async function* dataSteps(
  client: KustoClient,
  tables: readonly KustoTable[],
  timeColumn: string,
  nowMs: number,
): AsyncGenerator<TestStep> {
  const since = datetime(BigInt(nowMs - DAYS * 86_400_000) * 10_000n);
  let filledCount = 0;
  for (const { name, label } of tables) {
    const kql = `${name}\n| where ${timeColumn} >= ${since}\n| summarize Rows = count()`;
    const rows = await client.ask(kql).catch((error: unknown) => {
      if (error instanceof NoTableError) return null;
      throw error;
    });
    const count = Number(rows?.[0]?.Rows ?? 0);
    if (count > 0) filledCount += 1;
    yield {
      step: 'data',
      state: count > 0 ? 'works' : 'skipped',
      message:
        rows === null
          ? `There is no table ${name} (${label}).`
          : `${name} (${label}) has ${count.toLocaleString('en')} ${count === 1 ? 'row' : 'rows'} of the last ${DAYS} days.`,
      remedy: null,
    };
  }
  if (filledCount > 0) return;
  yield {
    step: 'data',
    state: 'warning',
    message: `None of these tables has a row of the last ${DAYS} days.`,
    remedy: 'Connect the hosts’ events or Defender, or choose another workspace.',
  };
}
