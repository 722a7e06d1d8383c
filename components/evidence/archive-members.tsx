import Link from 'next/link';
import { Card } from '#components/ui/card.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import type { ArchiveMembers as Members } from '#lib/custody/types.ts';
import { ArchivePassword } from './archive-password.tsx';
import { formatBytes, plural } from './format.ts';

type Member = Members['items'][number];

/** What is in an archive: evidence of its own, or why it is none. */
export function ArchiveMembers({
  id,
  members,
  canUnlock,
}: {
  readonly id: string;
  readonly members: Members;
  readonly canUnlock: boolean;
}) {
  return (
    <Card title="What is in the archive" aside={plural(members.total, 'entry', 'entries')}>
      {canUnlock && members.lockedCount > 0 && <ArchivePassword id={id} lockedCount={members.lockedCount} />}
      <div className="overflow-x-auto">
        <Table>
          <TableHeader>
            <TableRow>
              <TableHead>Path in the archive</TableHead>
              <TableHead className="text-right">Size</TableHead>
              <TableHead>What became of it</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {members.items.map((member, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: paths may repeat, the order never changes
              <TableRow key={index}>
                <TableCell className="break-all font-mono text-[12px]">
                  <MemberPath member={member} />
                </TableCell>
                <TableCell className="whitespace-nowrap text-right">
                  {member.sizeBytes === null ? '' : formatBytes(member.sizeBytes)}
                </TableCell>
                <TableCell>
                  <MemberState member={member} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
      {members.items.length < members.total && (
        <p className="pt-2 text-text-3">The first {members.items.length} are shown.</p>
      )}
    </Card>
  );
}

function MemberPath({ member: { path, evidence } }: { readonly member: Member }) {
  if (path === '') return <span className="font-sans text-text-3">The rest of the archive</span>;
  if (!evidence) return <EvidenceText text={path} />;
  return (
    <Link href={`/evidence/${evidence.id}`}>
      <EvidenceText text={path} />
    </Link>
  );
}

const STATES = {
  arriving: 'Arriving',
  waiting: 'Waiting for a worker',
  reading: 'Being read',
  asking: 'Waits for an answer',
  ready: 'Read',
} as const;

function MemberState({ member: { refused, message, evidence } }: { readonly member: Member }) {
  if (refused !== null) return <span className="text-medium">{message}</span>;
  if (!evidence) return <span className="text-text-3">It was evidence and has been deleted.</span>;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {evidence.status === 'refused' || evidence.status === 'failed' ? (
        <span className="text-medium">
          <EvidenceText text={evidence.message ?? ''} />
        </span>
      ) : (
        <Chip>
          {evidence.form === 'archive' && evidence.status === 'ready' ? 'Opened' : STATES[evidence.status]}
        </Chip>
      )}
      {evidence.isElsewhere && <span className="text-text-3">was evidence already</span>}
      {message !== null && <span className="text-text-2">{message}</span>}
    </div>
  );
}
