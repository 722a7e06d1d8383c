/**
 * The data sets that Splunk publishes for the two detections (github.com/splunk/attack_data, T1059.001/atomic_red_team).
 * They are not ours to copy: whoever has them puts them into the folder attack-data (CONTRIBUTING.md), and this runs.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { rulesOf, scanFiles } from '#lib/detection/testing.ts';
import { ANALYST, empty, ingest, useTestInstance } from '#lib/jobs/testing.ts';
import { receiveRaw } from './receive.ts';
import { addCollectorToken } from './tokens.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../attack-data');
/** Hashes and sizes as the repository's Git LFS pointers name them. */
const DATA_SETS = [
  {
    name: 'enableat_windows-sysmon.log',
    sha256: '277289fa911c6c7999f338f735c29a9811d03249e8d9584ec722af85aa051ded',
    sizeBytes: 2_285,
    source: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational',
    rule: 'registry',
  },
  {
    name: 'win32_scheduledjob_windows-powershell.log',
    sha256: 'a1ec87412118b5e48d32eadb5c7a66809e431917f76192b3867735951f5df7c7',
    sizeBytes: 21_142,
    source: 'XmlWinEventLog:Microsoft-Windows-PowerShell/Operational',
    rule: 'script',
  },
] as const;

useTestDatabase();
useTestInstance();

describe.each(DATA_SETS)('the published data set $name', ({ name, sha256, sizeBytes, source, rule }) => {
  const file = path.join(FOLDER, name);
  const isHere = existsSync(file);
  const bytes = isHere ? readFileSync(file) : Buffer.alloc(0);
  const reason = isHere ? '' : ` (skipped: it is not in ${path.relative(process.cwd(), FOLDER)}/)`;

  it.skipIf(!isHere)(`is the one that was published${reason}`, () => {
    expect(bytes.length).toBe(sizeBytes);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  });

  it.skipIf(!isHere)(
    `gives its detection, read as a file and sent by the replay script${reason}`,
    async () => {
      const detection = rulesOf()[rule];
      const { results } = await scanFiles([{ name, bytes }], [detection]);
      expect(results.length).toBeGreaterThan(0);

      await empty();
      const { token } = await addCollectorToken(ANALYST, {
        name: 'replay',
        source: null,
        sourcetype: null,
        index: null,
        host: null,
        isAckEnabled: false,
        isQueryAllowed: false,
      });
      const query = new URLSearchParams({
        index: 'attack_data',
        source,
        sourcetype: 'XmlWinEventLog',
        host: randomUUID(),
      });
      const response = await receiveRaw(
        new Request(`http://localhost/services/collector/raw?${query}`, {
          method: 'POST',
          headers: { authorization: `Splunk ${token}`, 'x-splunk-request-channel': randomUUID() },
          body: new Uint8Array(bytes),
        }),
      );
      expect(response.status).toBe(200);
      const [evidence] = await db.evidence.findMany();
      expect(evidence?.sha256).toBe(sha256);
      await ingest(evidence?.id ?? '');
      const findings = await db.finding.findMany({ where: { detectionId: detection.id, mode: 'strict' } });
      expect(findings).toHaveLength(results.filter(({ mode }) => mode === 'strict').length);
      expect(findings.length).toBeGreaterThan(0);
    },
  );
});
