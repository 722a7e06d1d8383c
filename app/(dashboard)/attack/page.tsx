import Link from 'next/link';
import { plural } from '#components/evidence/format.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { requireActor } from '#lib/auth/current.ts';
import { getAttackMatrix } from '#lib/reports/queries.ts';

export const metadata = { title: 'ATT&CK' };

export default async function AttackPage() {
  const matrix = await getAttackMatrix(await requireActor());
  const seen = new Set<string>();
  return (
    <>
      <PageHeader>
        <h1 className="text-[16px]">ATT&amp;CK</h1>
        <span className="text-text-3">
          Enterprise {matrix.attackVersion}, the part that the detections cover
        </span>
      </PageHeader>
      <div className="grid items-start gap-3 p-4 md:grid-cols-3 md:px-5">
        {matrix.tactics.map((tactic) => (
          <section key={tactic.id} aria-labelledby={tactic.id} className="rounded-lg border bg-surface">
            <h2 id={tactic.id} className="border-b px-4 py-2.5">
              {tactic.name} <span className="font-normal text-text-3">{tactic.id}</span>
            </h2>
            <ul>
              {tactic.techniques.map((technique) => {
                // A technique stands under each of its tactics; only the first can be the target of a link.
                const anchor = seen.has(technique.id) ? undefined : technique.id;
                seen.add(technique.id);
                return (
                  <li
                    key={technique.id}
                    id={anchor}
                    className={`border-b px-4 py-2.5 last:border-b-0 target:bg-accent-soft ${technique.parentId ? 'pl-8' : ''} ${technique.findingCount > 0 ? 'bg-medium-soft' : ''}`}
                  >
                    <div className="flex items-baseline justify-between gap-2">
                      <span>
                        <a
                          href={technique.url}
                          target="_blank"
                          rel="noreferrer"
                          className="font-mono text-[12px]"
                        >
                          {technique.id}
                        </a>{' '}
                        <span className="font-medium">{technique.name}</span>
                      </span>
                      {technique.findingCount > 0 ? (
                        technique.parentId ? (
                          <Link href={`/findings?technique=${technique.id}`} className="inline-block py-0.5">
                            {plural(technique.findingCount, 'finding')}
                          </Link>
                        ) : (
                          <span className="text-text-2">
                            {plural(technique.findingCount, 'finding')} below
                          </span>
                        )
                      ) : (
                        technique.extendedCount === 0 && <span className="text-text-3">nothing found</span>
                      )}
                    </div>
                    <p className="text-text-2">
                      {technique.findingCount > 0 &&
                        `${plural(technique.hostCount, 'host')}, risk ${technique.risk}. `}
                      {technique.extendedCount > 0 && (
                        <>
                          <Link
                            href={`/findings?mode=extended&technique=${technique.id}`}
                            className="inline-block py-0.5"
                          >
                            {plural(technique.extendedCount, 'extended finding')}
                          </Link>
                          .{' '}
                        </>
                      )}
                      {technique.detections.map((detection, index) => (
                        <span key={detection.id}>
                          {index > 0 && ', '}
                          <Link href={`/detections/${detection.id}`} className="inline-block py-0.5">
                            {detection.name}
                          </Link>
                        </span>
                      ))}
                    </p>
                  </li>
                );
              })}
            </ul>
          </section>
        ))}
      </div>
      <p className="px-5 pb-6 text-text-3">
        A finding stands under every tactic of its technique and counts once for each technique; a parent
        shows what its sub-techniques have. Extended findings, chains among them, add nothing to the risk. A
        technique without findings was looked for, unless a file says blind.
      </p>
    </>
  );
}
