import { describe, expect, it } from 'vitest';
import { loadContent } from '#lib/content/load.ts';
import { compileKnowledge } from '#lib/detection/rules.ts';
import { Scan } from '#lib/detection/scan.ts';
import { hostName } from '#lib/events/names.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { chainJson, chainsOfScan } from './scan-chains.ts';
import { deleteSwitch, jobRan, scriptBlock, setSwitch, xmlFile } from './testing.ts';

const { rules, chains } = compileKnowledge(loadContent());
const ON = 'DWORD (0x00000001)';
const server = (clock: string, recordId: number) => ({
  computer: 'SRV1.corp.example',
  time: `2024-03-05T${clock}.0000000Z`,
  recordId,
});
const client = (clock: string, recordId: number) => ({ ...server(clock, recordId), computer: 'WS7' });
const SCRIPT = xmlFile(
  scriptBlock(client('09:52:30', 7), 'Get-WmiObject Win32_ScheduledJob -ComputerName SRV1'),
);

async function scanned(...files: readonly Buffer[]) {
  const scan = new Scan(
    rules,
    { lenient: false, extended: true, verify: false, explain: false },
    chains.map((chain) => chain.closes.search),
  );
  for (const [index, file] of files.entries()) {
    scan.startFile(file.length);
    const { blocks } = await readEvidence(fromBuffer(file), { needles: scan.needles });
    for await (const block of blocks) scan.add(`file-${index}.xml`, block);
  }
  const report = scan.finish(0);
  const hosts = new Set(report.kept.map(({ record }) => hostName(record.system.computer)));
  return chainsOfScan(chains, report.results, report.kept, hosts).map((chain) =>
    chainJson(chain, report.sightings),
  );
}

describe('the chains of a scan', () => {
  it('come from files of two hosts, in either order', async () => {
    const on = xmlFile(setSwitch(server('09:10:00', 1), ON));
    const [chain, ...others] = await scanned(on, SCRIPT);
    expect(others).toEqual([]);
    expect(chain).toMatchObject({
      type: 'Chain',
      dest: 'SRV1.corp.example',
      count: 2,
      extended: true,
      risk_score: 0,
      severity: 'high',
      sentence: 'EnableAt was switched on on SRV1, then 42 minutes later WS7 used the at interface there',
      events: [{ file: 'file-0.xml' }, { file: 'file-1.xml' }],
    });
    const [turned] = await scanned(SCRIPT, on);
    expect(turned).toEqual({ ...chain, events: [expect.anything(), expect.anything()] });
  });

  it('end with a deletion that no detection selects, and are critical when a job ran', async () => {
    const ran = xmlFile(jobRan(server('10:00:00', 3), '\\At1'));
    const on = xmlFile(setSwitch(server('09:10:00', 1), ON));
    expect(await scanned(on, SCRIPT, ran)).toMatchObject([{ severity: 'critical' }]);
    expect(await scanned(on, SCRIPT, xmlFile(deleteSwitch(server('09:30:00', 2))))).toEqual([]);
  });
});
