import Link from 'next/link';
import { FilterExports } from '#components/filters/exports.tsx';
import { FiltersTable } from '#components/filters/filters-table.tsx';
import { REVIEW_WORDS, STATE_WORDS } from '#components/filters/words.ts';
import { counted } from '#components/findings/words.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Button } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { can } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { filterListQuery } from '#lib/filters/inputs.ts';
import { listFilters } from '#lib/filters/queries.ts';
import { FILTER_STATES, REVIEW_REASONS } from '#lib/filters/types.ts';

export const metadata = { title: 'Filter rules' };

type Props = { readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>> };

export default async function FiltersPage({ searchParams }: Props) {
  const actor = await requireActor();
  const given = Object.entries(await searchParams).filter(([, value]) => value !== '');
  const parsed = filterListQuery.safeParse(Object.fromEntries(given));
  const query = parsed.success ? parsed.data : filterListQuery.parse({});
  const page = await listFilters(actor, query);
  const toReview = REVIEW_REASONS.filter((reason) => page.review[reason] > 0);
  return (
    <>
      <PageHeader
        actions={
          can(actor, 'write-filters') && (
            <Button asChild variant="primary">
              <Link href="/filters/new" className="no-underline">
                New rule
              </Link>
            </Button>
          )
        }
      >
        <h1 className="text-[16px]">Filter rules</h1>
        <span className="text-text-3">{counted(page.total, 'rule')}</span>
      </PageHeader>
      <div className="grid gap-3 p-4 md:px-5">
        {toReview.length > 0 && (
          <nav aria-label="To review" className="flex flex-wrap items-center gap-2">
            <span className="font-medium text-text-2">To review</span>
            {toReview.map((reason) => (
              <Link
                key={reason}
                href={query.review?.includes(reason) ? '/filters' : `/filters?review=${reason}`}
                aria-current={query.review?.includes(reason) ? 'true' : undefined}
                className="no-underline"
              >
                <Chip
                  className={
                    query.review?.includes(reason) ? 'border-accent bg-accent-soft text-accent' : 'text-text'
                  }
                >
                  {REVIEW_WORDS[reason]} <b className="font-semibold">{page.review[reason]}</b>
                </Chip>
              </Link>
            ))}
          </nav>
        )}
        <form className="flex flex-wrap items-center gap-2">
          <Input
            type="search"
            name="q"
            defaultValue={query.q}
            placeholder="Search name, text, reason, ticket"
            aria-label="Search filter rules"
            className="max-w-[320px]"
          />
          <Select name="state" defaultValue={query.state?.join(',') ?? ''} aria-label="State">
            <option value="">any state but removed</option>
            {FILTER_STATES.map((state) => (
              <option key={state} value={state}>
                {STATE_WORDS[state]}
              </option>
            ))}
          </Select>
          <Button type="submit">Show</Button>
          <span className="flex-1" />
          <FilterExports />
        </form>
        {page.items.length === 0 ? (
          <EmptyState
            title={page.total === 0 && given.length === 0 ? 'No filter rules yet' : 'No rule matches'}
          >
            {given.length > 0 ? (
              <Link href="/filters">Show all rules</Link>
            ) : (
              <p>
                A rule hides known false positives without touching the detection. Open a false positive and
                press f: the narrowest rule is proposed, with what it would hide.
              </p>
            )}
          </EmptyState>
        ) : (
          <FiltersTable items={page.items} />
        )}
      </div>
    </>
  );
}
