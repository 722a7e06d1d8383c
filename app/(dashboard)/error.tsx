'use client';

import { Button } from '#components/ui/button.tsx';
import { ErrorState } from '#components/ui/states.tsx';

export default function DashboardError({
  error,
  retry,
}: {
  readonly error: Error & { digest?: string };
  /** Asks the server again; `reset` would show the same failed answer. */
  readonly retry: () => void;
}) {
  return (
    <div className="p-6">
      <ErrorState title="This page could not be made">
        <p>
          Nothing was changed. Try again; if it happens again, tell your administrator
          {error.digest ? ` the reference ${error.digest}` : ''}.
        </p>
        <Button className="mt-3" onClick={retry}>
          Try again
        </Button>
      </ErrorState>
    </div>
  );
}
