import { describe, expect, it } from 'vitest';
import type { CensusRow } from '#lib/evidence/record.ts';
import { RelevanceCounter } from './relevance.ts';
import { EVIDENCE, eventsOf, filesIn, REGISTRY_HITS, rulesOf, scanFiles } from './testing.ts';

const { script, registry } = rulesOf();
const RULES = [script, registry];

const min = (values: readonly bigint[]) => values.reduce((a, b) => (b < a ? b : a));
const max = (values: readonly bigint[]) => values.reduce((a, b) => (b > a ? b : a));

/** For each rule: by host, how many events each detection could judge. */
async function judged(name: string): Promise<unknown> {
  const files = filesIn(EVIDENCE).filter((file) => file.name === name);
  expect(files).toHaveLength(1);
  const { relevance } = await scanFiles(files, RULES);
  return relevance.map(({ hosts }) =>
    Object.fromEntries([...hosts].map(([host, { count }]) => [host, count])),
  );
}

describe('what a detection could judge', () => {
  it.each([
    ['Application_no_crc32.evtx', {}, {}],
    ['MSExchange_Management_wec.evtx', {}, {}],
    ['Microsoft-Windows-LanguagePackSetup%4Operational.evtx', {}, {}],
    ['ID4688-Interactive shell using AT schedule task.evtx', {}, {}],
    ['powershell-win32-scheduledjob.evtx', { 'win10-02.offsec.lan': 11 }, {}],
    ['sysmon-enableat.evtx', {}, { 'win10-02.offsec.lan': 6 }],
  ])('in %s: script blocks %o, registry events %o', async (name, scripts, writes) => {
    expect(await judged(name)).toEqual([scripts, writes]);
  });

  it('is the same for blocks that were skipped, with the span of time', async () => {
    const [skipped, read] = await Promise.all(
      [false, true].map((verify) => scanFiles(filesIn(EVIDENCE), RULES, { verify })),
    );
    expect(skipped?.relevance).toEqual(read?.relevance);
    const span = read?.relevance[1]?.hosts.get('win10-02.offsec.lan');
    const times = (await eventsOf(REGISTRY_HITS)).map(({ record }) => record.timeTicks ?? 0n);
    expect(span).toMatchObject({ firstTicks: min(times), lastTicks: max(times) });
  });

  it('is not confused by providers and channels that look alike when joined', () => {
    const row: CensusRow = {
      channel: 'Microsoft-Windows-PowerShell/Operational',
      provider: 'x',
      eventId: 4104,
      computer: 'h',
      count: 1,
      firstTicks: null,
      lastTicks: null,
    };
    const counter = new RelevanceCounter([script]);
    counter.add([{ ...row, provider: 'x Microsoft-Windows-PowerShell/Operational', channel: '' }]);
    counter.add([{ ...row, provider: 'x Microsoft-Windows-PowerShell/Operational', channel: null }]);
    expect(counter.byRule[0]?.size).toBe(0);
    counter.add([row, { ...row, firstTicks: 5n, lastTicks: 5n }, { ...row, firstTicks: 3n, lastTicks: 4n }]);
    expect(counter.byRule[0]?.get('h')).toEqual({ count: 3, firstTicks: 3n, lastTicks: 5n });
  });
});
