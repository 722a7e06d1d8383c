import Link from 'next/link';
import { EvidenceText } from '#components/ui/evidence-text.tsx';

/** A host by the name that the event gives, leading to its page when it is known. */
export function HostLink({ dest, hostId }: { readonly dest: string | null; readonly hostId: string | null }) {
  if (dest === null) return <span className="text-text-3">no host</span>;
  const text = (
    <span className="font-mono text-[12px]" title={dest}>
      <EvidenceText text={dest} />
    </span>
  );
  return hostId === null ? (
    text
  ) : (
    <Link href={`/hosts/${hostId}`} prefetch={false} className="text-text">
      {text}
    </Link>
  );
}
