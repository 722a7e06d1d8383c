import type { Source } from '#lib/db/generated/client.ts';
import { type Egress, openEgress } from './egress.ts';
import { sourceKind } from './kinds.ts';
import { decryptSecret } from './secrets.ts';
import type { PullBatch, PullContext, PullRequest, TestStep } from './types.ts';

/** A source ready to be asked: its kind with its settings and secrets, and the way to it. */
export type Connection = {
  readonly egress: Egress;
  readonly test: (context: PullContext) => AsyncIterable<TestStep>;
  readonly pull: (request: PullRequest, context: PullContext) => AsyncIterable<PullBatch>;
};

type Stored = Pick<
  Source,
  'id' | 'kind' | 'settings' | 'secrets' | 'caCertificates' | 'proxyUrl' | 'tlsOffReason'
>;

/** Close its egress when done. Throws SecretError, ZodError for settings that the kind does not know any more. */
export function openConnection(source: Stored, master: string): Connection {
  const kind = sourceKind(source.kind);
  const settings = kind.settings.parse(source.settings);
  const secrets = kind.secrets.parse(
    source.secrets === null ? {} : JSON.parse(decryptSecret(master, source.id, source.secrets)),
  );
  const egress = openEgress({
    origins: kind.origins(settings),
    caCertificates: source.caCertificates,
    proxyUrl: source.proxyUrl,
    isTlsVerified: source.tlsOffReason === null,
  });
  return {
    egress,
    test: (context) => kind.test(settings, secrets, context),
    pull: (request, context) => kind.pull(settings, secrets, request, context),
  };
}
