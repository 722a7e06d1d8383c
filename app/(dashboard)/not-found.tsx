import Link from 'next/link';
import { EmptyState } from '#components/ui/states.tsx';

export default function NotFound() {
  return (
    <EmptyState title="There is nothing at this address">
      <p>
        It may have gone with its evidence. Look in <Link href="/findings">Findings</Link>,{' '}
        <Link href="/hosts">Hosts</Link> or <Link href="/evidence">Files</Link>.
      </p>
    </EmptyState>
  );
}
