import { beforeEach, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { ANALYST, addAndRead, empty, REGISTRY, useTestInstance } from '#lib/jobs/testing.ts';
import { changeDetection } from './commands.ts';
import { importDetections } from './import.ts';
import { getDetection } from './queries.ts';
import { catchUpWithCatalogue, SELECTED_MAX } from './settle.ts';
import { forgetCatalogue, IMPORTED_ID, publishedYaml } from './testing.ts';

useTestDatabase();
useTestInstance();
beforeEach(async () => {
  await empty();
  await forgetCatalogue();
});

const REGISTRY_ID = '12c80db8-ef62-4456-92df-b23e1b3219f6';

it('a detection that selects more than it may is switched off, says so, and can be enabled again', async () => {
  await addAndRead(REGISTRY);
  const [event] = await db.event.findMany({ take: 1 });
  // As many as it may and one more, of one host; made in the database, because making them as evidence takes minutes.
  await db.$executeRaw`
    INSERT INTO event (investigation_id, id, host_id, channel, event_code, summary, record)
    SELECT ${DEFAULT_INVESTIGATION}, lpad(n::text, 64, '0'), ${event?.hostId}::uuid, 'x', 13, '', '{}'
    FROM generate_series(1, ${SELECTED_MAX + 1}) AS n`;
  await db.$executeRaw`
    INSERT INTO selection (investigation_id, event_id, detection_id, variant, mode)
    SELECT ${DEFAULT_INVESTIGATION}, lpad(n::text, 64, '0'), ${REGISTRY_ID}, '2023', 'search'
    FROM generate_series(1, ${SELECTED_MAX + 1}) AS n`;
  await catchUpWithCatalogue();
  const detail = await getDetection(ANALYST, REGISTRY_ID);
  expect(detail).toMatchObject({ status: 'stopped', isEnabled: false, findingCount: 0 });
  expect(detail.stopped).toContain('50,003 events');
  expect(await db.selection.count({ where: { detectionId: REGISTRY_ID } })).toBe(0);
  await changeDetection(ANALYST, REGISTRY_ID, { isEnabled: true });
  expect(await getDetection(ANALYST, REGISTRY_ID)).toMatchObject({ status: 'being-read', stopped: null });
});

it('a detection whose search passes a limit is switched off with the reason, and keeps no other from its findings', async () => {
  const search =
    'source="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational" EventCode=13 | eval a=mvrange(0,400), b=mvrange(0,400) | stats count by a b';
  await importDetections(ANALYST, [{ name: 'too_much.yml', text: publishedYaml(search) }], {
    isEnabling: true,
  });
  await addAndRead(REGISTRY);
  const detail = await getDetection(ANALYST, IMPORTED_ID);
  expect(detail).toMatchObject({ status: 'stopped', isEnabled: false, findingCount: 0 });
  expect(detail.stopped).toMatch(/^Switched off: .*combinations of by-values/);
  expect((await getDetection(ANALYST, REGISTRY_ID)).findingCount).toBeGreaterThan(0);
});
