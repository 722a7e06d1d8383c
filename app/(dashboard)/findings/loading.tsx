import { Skeleton } from '#components/ui/states.tsx';

const ROWS = Array.from({ length: 14 }, (_, index) => index);

/** Keeps the places of head, facets and rows. */
export default function Loading() {
  return (
    <div role="status" aria-label="Loading findings">
      <div className="h-12 border-line border-b bg-surface" />
      <div className="px-4 py-2.5">
        <Skeleton className="h-8 w-[340px] max-w-full" />
      </div>
      <div className="mt-[34px] flex border-line border-t">
        <div className="w-[200px] shrink-0 space-y-3 border-line border-r p-3.5 max-md:hidden">
          <Skeleton className="h-20" />
          <Skeleton className="h-20" />
          <Skeleton className="h-32" />
        </div>
        <div className="flex-1 bg-surface pt-[30px]">
          {ROWS.map((row) => (
            <div key={row} className="flex h-[38px] items-center border-line border-b px-4">
              <Skeleton className="h-4 w-full" />
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
