import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTestDatabase } from '#lib/db/testing.ts';
import { ANALYST, addAndRead, POWERSHELL, REGISTRY, useTestInstance } from '#lib/jobs/testing.ts';
import { exportRisk } from './export.ts';
import { riskExportQuery } from './inputs.ts';
import { scriptBlock, setSwitch, xmlFile } from './testing.ts';

useTestDatabase();
useTestInstance();

const FOLDER = fileURLToPath(new URL('./stix-schemas/', import.meta.url));

/** The validator of the schemas that OASIS publishes, with every schema that they refer to. */
function bundleValidator() {
  const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false });
  for (const folder of ['common', 'observables', 'sdos', 'sros']) {
    for (const file of readdirSync(path.join(FOLDER, folder)))
      ajv.addSchema(JSON.parse(readFileSync(path.join(FOLDER, folder, file), 'utf8')));
  }
  const { $id } = JSON.parse(readFileSync(path.join(FOLDER, 'common', 'bundle.json'), 'utf8'));
  const validate = ajv.getSchema($id);
  if (!validate) throw new Error('no schema of a bundle');
  return validate;
}

const exported = async (as: string): Promise<string> =>
  (await exportRisk(ANALYST, riskExportQuery.parse({ as }))).text;

beforeAll(async () => {
  await addAndRead(POWERSHELL);
  await addAndRead(REGISTRY);
  const computer = '=cmd|calc';
  await addAndRead(
    'more.xml',
    xmlFile(
      setSwitch(
        { time: '2024-03-06T10:00:00.1234567Z', recordId: 1, computer: 'srv1' },
        'DWORD (0x00000001)',
      ),
      scriptBlock({ time: '2024-03-06T11:00:00.1234567Z', recordId: 2, computer }, 'gwmi Win32_ScheduledJob'),
    ),
  );
});

describe('risk as STIX 2.1', () => {
  it('is accepted by the published schemas, which refuse what is not STIX', async () => {
    const validate = bundleValidator();
    const bundle = JSON.parse(await exported('stix'));
    validate(bundle);
    expect(validate.errors ?? []).toEqual([]);
    const types = new Set(bundle.objects.map(({ type }: { type: string }) => type));
    for (const type of [
      'sighting',
      'indicator',
      'attack-pattern',
      'identity',
      'observed-data',
      'relationship',
    ])
      expect(types).toContain(type);
    expect(types).toContain('user-account');
    const [first, ...others] = bundle.objects;
    expect(validate({ ...bundle, objects: [{ ...first, created: 'yesterday' }, ...others] })).toBe(false);
  });

  it('refers only to objects that it has, and is the same each time', async () => {
    const text = await exported('stix');
    const bundle = JSON.parse(text);
    const ids = new Set(bundle.objects.map(({ id }: { id: string }) => id));
    expect(ids.size).toBe(bundle.objects.length);
    for (const [, id] of text.matchAll(/_refs?": "([^"]+)"/g)) expect(ids).toContain(id);
    expect(await exported('stix')).toBe(text);
  });
});

describe('other exports', () => {
  it('CSV has a line a risk event and no formula', async () => {
    const lines = (await exported('csv')).trim().split('\n');
    expect(lines[0]).toMatch(/^time,risk_object,risk_object_type,/);
    expect(lines).toHaveLength(1 + JSON.parse(await exported('json')).length);
    expect(lines.some((line) => line.includes("'=cmd|calc"))).toBe(true);
    expect(lines.some((line) => /(^|,)"?[=+@-]/.test(line.replace(/-?\d/g, '')))).toBe(false);
  });

  it("Splunk's risk index gets its own field names, with all digits of the time", async () => {
    const rows = (await exported('splunk'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toContainEqual(
      expect.objectContaining({
        _time: '1709719200.1234567',
        search_name: 'Windows Enable Win32 ScheduledJob via Registry',
        risk_object: 'srv1',
        risk_object_type: 'system',
        risk_score: 25,
        calculated_risk_score: 25,
        'annotations.mitre_attack': ['T1053.005'],
      }),
    );
  });
});
