import { expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { useTestInstance } from '#lib/jobs/testing.ts';
import { rotateSecrets } from './rotate.ts';
import { decryptSecret } from './secrets.ts';
import { makeSource, TEST_SECRET, useTestSecret } from './testing/pulling.ts';

useTestDatabase();
useTestInstance();
useTestSecret();

it('secrets are encrypted anew once, and stay readable', async () => {
  const id = await makeSource({
    kind: 'splunk',
    settings: { url: 'https://splunk.example:8089' },
    secrets: { token: 'x' },
  });
  const next = `${TEST_SECRET}, the next`;
  expect([await rotateSecrets(next, TEST_SECRET), await rotateSecrets(next, TEST_SECRET)]).toEqual([1, 0]);
  const { secrets } = await db.source.findUniqueOrThrow({ where: { id } });
  expect(decryptSecret(next, id, secrets ?? new Uint8Array())).toBe('{"token":"x"}');
  expect(await rotateSecrets('another secret altogether, long enough', 'and one that never was')).toBe(0);
});
