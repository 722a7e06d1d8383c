import { Skeleton } from '#components/ui/states.tsx';

export default function Loading() {
  return (
    <div role="status" aria-label="Loading" className="grid gap-3 p-5 pt-16">
      <Skeleton className="h-8 w-72" />
      <Skeleton className="h-56" />
      <Skeleton className="h-96" />
    </div>
  );
}
