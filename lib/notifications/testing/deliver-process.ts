/** A process of its own that sends what is due, to be killed by a test. */
import { db } from '#lib/db/client.ts';
import { TEST_SECRET } from '#lib/sources/testing/pulling.ts';
import { deliverDue } from '../deliver.ts';

await deliverDue({
  db,
  secret: TEST_SECRET,
  signal: new AbortController().signal,
  clock: () => new Date(),
});
await db.$disconnect();
