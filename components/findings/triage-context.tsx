'use client';

import { useRouter } from 'next/navigation';
import { createContext, type ReactNode, use, useState } from 'react';
import { DISPOSITION_WORDS, STATUS_WORDS } from '#components/severity/tags.tsx';
import { useKeys } from '#components/shell/keys.ts';
import { toast } from '#components/ui/toast.tsx';
import type { FindingChange } from '#lib/findings/inputs.ts';
import type { FindingDetail, Person } from '#lib/findings/types.ts';
import { CloseDialog } from './close-dialog.tsx';
import type { DetailActions } from './inputs.ts';
import { type ConflictDetails, readConflict } from './merge.ts';
import { MergeDialog } from './merge-dialog.tsx';

type TriageFinding = Pick<
  FindingDetail,
  'number' | 'version' | 'status' | 'disposition' | 'reason' | 'owner'
>;
type Wanted = Omit<FindingChange, 'version'>;

type Triage = {
  readonly finding: TriageFinding;
  readonly me: Person;
  readonly people: readonly Person[];
  readonly canTriage: boolean;
  readonly isBusy: boolean;
  /** Changes the finding; when somebody else did so meanwhile, asks whose change stands. */
  readonly change: (wanted: Wanted) => void;
  readonly askToClose: () => void;
  /** Where a filter rule that covers the finding is written; null when it cannot be filtered. */
  readonly filterHref: string | null;
};

const TriageContext = createContext<Triage | null>(null);

export function useTriage(): Triage {
  const triage = use(TriageContext);
  if (!triage) throw new Error('useTriage is for components of the page of one finding');
  return triage;
}

type Props = {
  readonly finding: TriageFinding;
  /** Before its number: F-12, I-3. */
  readonly prefix?: 'F' | 'I';
  readonly me: Person;
  readonly people: readonly Person[];
  readonly canTriage: boolean;
  readonly hostHref: string | null;
  readonly filterHref: string | null;
  readonly change: DetailActions['change'];
  readonly children: ReactNode;
};

/** What a change was made on, and what undoing it goes back to. */
type Before = Pick<TriageFinding, 'version' | 'status' | 'disposition' | 'reason'>;

type Conflict = { readonly base: TriageFinding; readonly now: ConflictDetails; readonly wanted: Wanted };

const NO_ANSWER = 'The server did not answer. Load the page again to see whether it was saved.';

/** Triage of one finding for everything on its page: buttons, selects, keys, the closing and the merge question. */
export function TriageProvider(props: Props) {
  const { finding, prefix = 'F', me, people, canTriage, hostHref, filterHref } = props;
  const name = `${prefix}-${finding.number}`;
  const router = useRouter();
  const [isBusy, setIsBusy] = useState(false);
  const [isClosing, setIsClosing] = useState(false);
  const [conflict, setConflict] = useState<Conflict | null>(null);

  /** Answers with the error to show; null when it is saved, or when the merge question stands open. */
  const save = async (wanted: Wanted, before: Before): Promise<string | null> => {
    setIsBusy(true);
    try {
      const result = await props.change({
        number: finding.number,
        change: { ...wanted, version: before.version },
      });
      if (result.ok) {
        setConflict(null);
        announce(wanted, before, result.data.version);
        return null;
      }
      const now = result.error.code === 'conflict' ? readConflict(result.error.details) : null;
      if (!now) return result.error.message;
      setConflict({ base: finding, now, wanted });
      return null;
    } catch {
      return NO_ANSWER;
    } finally {
      setIsBusy(false);
    }
  };

  const announce = (wanted: Wanted, before: Before, version: number): void => {
    if (wanted.status === 'closed' && wanted.disposition) {
      toast(`${name} closed as ${DISPOSITION_WORDS[wanted.disposition].toLowerCase()}`, {
        action: { label: 'Undo', onClick: () => void undo(before, version) },
      });
    } else if (wanted.status) toast(`${name} is ${STATUS_WORDS[wanted.status].toLowerCase()} now`);
    else if (wanted.ownerId === null) toast(`${name} belongs to nobody now`);
    else if (wanted.ownerId)
      toast(
        `${name} belongs to ${people.find((person) => person.id === wanted.ownerId)?.name ?? 'its new owner'} now`,
      );
  };

  const undo = async ({ status, disposition, reason }: Before, version: number): Promise<void> => {
    const { number } = finding;
    const triage = status === 'closed' ? { status, disposition, reason } : { status };
    try {
      const result = await props.change({ number, change: { ...triage, version } });
      if (result.ok) toast(`${name} is ${STATUS_WORDS[status].toLowerCase()} again`);
      else if (result.error.code === 'conflict')
        toast.error(`Somebody changed ${name} after you closed it. It stays as it is now.`);
      else toast.error(result.error.message);
    } catch {
      toast.error(NO_ANSWER);
    }
  };

  const change = (wanted: Wanted): void => {
    void save(wanted, finding).then((error) => {
      if (error !== null) toast.error(error);
    });
  };
  const askToClose = (): void => setIsClosing(true);

  useKeys({
    ...(hostHref !== null && { t: () => router.push(hostHref) }),
    ...(canTriage && filterHref !== null && { f: () => router.push(filterHref) }),
    ...(canTriage &&
      !isBusy && {
        e: askToClose,
        a: () => finding.owner?.id !== me.id && change({ ownerId: me.id }),
      }),
  });

  return (
    <TriageContext value={{ finding, me, people, canTriage, isBusy, change, askToClose, filterHref }}>
      {props.children}
      <CloseDialog
        open={isClosing}
        onOpenChange={setIsClosing}
        title={`Close ${name}`}
        initial={finding}
        onClose={async (closing) => {
          const error = await save({ status: 'closed', ...closing }, finding);
          if (error === null) setIsClosing(false);
          return error;
        }}
      />
      {conflict && (
        <MergeDialog
          name={name}
          base={{ ...conflict.base, owner: conflict.base.owner?.name ?? null }}
          theirs={conflict.now}
          wanted={conflict.wanted}
          people={people}
          isBusy={isBusy}
          onKeepTheirs={() => {
            setConflict(null);
            router.refresh();
          }}
          onApplyMine={() => save(conflict.wanted, conflict.now)}
        />
      )}
    </TriageContext>
  );
}
