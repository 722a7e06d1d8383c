import Link from 'next/link';

/** For an address that no page has; without this file Next's own one breaks the content security policy. */
export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-content-center justify-items-center gap-2 p-6 text-center">
      <h1 className="text-[15px]">There is nothing at this address</h1>
      <p className="text-text-2">
        Go to <Link href="/overview">the overview</Link>.
      </p>
    </main>
  );
}
