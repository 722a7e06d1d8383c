import { open } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Actor } from '#lib/auth/actor.ts';
import { addEvidence } from '#lib/custody/commands.ts';
import { EvidenceStore } from '#lib/custody/store.ts';
import { env } from '#lib/env.ts';

const SOURCE_SHOWN_MAX = 100;

export type Segment = {
  /** Service user of the token. */
  readonly actor: Actor;
  readonly source: string;
  /** The sender, where one stands for the whole segment. */
  readonly host: string | null;
  readonly openedAt: Date;
};

/**
 * Keeps a sealed segment as evidence and has it read. When it resolves, file, row and job outlive a loss of power. The same
 * bytes again are recognised. Nobody is asked about a stream: times without a zone are of UTC. Throws what the content throws; nothing is kept then.
 */
export async function keepSegment(segment: Segment, content: AsyncIterable<Buffer>): Promise<string> {
  const { id, sha256 } = await addEvidence(segment.actor, nameOf(segment), Readable.from(content), {
    timeZone: 'UTC',
    mapping: 'as-is',
  });
  await syncFolder(path.dirname(new EvidenceStore(env().JOBSIGHT_DATA).pathOf(sha256)));
  return id;
}

/** `HEC TOKENNAME SOURCE from HOST TIME`. A source may look like a path, of which a name would keep the end only. */
function nameOf({ actor, source, host, openedAt }: Segment): string {
  const shown = (text: string) => text.slice(0, SOURCE_SHOWN_MAX).replace(/[\\/]/g, '-');
  const sender = host === null ? '' : ` from ${shown(host)}`;
  return `HEC ${shown(actor.name)} ${shown(source)}${sender} ${openedAt.toISOString()}`;
}

/** Makes the names in a folder durable: a synced file may lose its name in a loss of power. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders, and its file system keeps names by itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
