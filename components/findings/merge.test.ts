import { describe, expect, it } from 'vitest';
import { mergeLines, readConflict, type Triage } from './merge.ts';

const PEOPLE = [
  { id: 'u1', name: 'Ada' },
  { id: 'u2', name: 'Bo' },
];
const BASE: Triage = { status: 'new', disposition: null, reason: null, owner: null };

describe('mergeLines', () => {
  it('shows both wishes where two people closed the finding differently', () => {
    const theirs: Triage = { status: 'closed', disposition: 'true_positive', reason: 'C2 seen', owner: 'Bo' };
    expect(
      mergeLines(BASE, theirs, { status: 'closed', disposition: 'false_positive', reason: 'Agent' }, PEOPLE),
    ).toEqual([
      { field: 'Status', base: 'new', theirs: 'closed', mine: 'closed' },
      { field: 'Disposition', base: 'none', theirs: 'true positive', mine: 'false positive' },
      { field: 'Reason', base: 'none', theirs: 'C2 seen', mine: 'Agent' },
      { field: 'Owner', base: 'nobody', theirs: 'Bo', mine: 'Bo' },
    ]);
  });

  it('leaves fields that I did not touch as the other person set them', () => {
    expect(mergeLines(BASE, { ...BASE, status: 'on_hold' }, { ownerId: 'u1' }, PEOPLE)).toEqual([
      { field: 'Status', base: 'new', theirs: 'on hold', mine: 'on hold' },
      { field: 'Owner', base: 'nobody', theirs: 'nobody', mine: 'Ada' },
    ]);
  });

  it('says that reopening on top takes the disposition and reason of the other person', () => {
    const theirs: Triage = {
      ...BASE,
      status: 'closed',
      disposition: 'undetermined',
      reason: 'No disk image',
    };
    expect(mergeLines(BASE, theirs, { status: 'in_progress' }, PEOPLE)).toEqual([
      { field: 'Status', base: 'new', theirs: 'closed', mine: 'in progress' },
      { field: 'Disposition', base: 'none', theirs: 'undetermined', mine: 'none' },
      { field: 'Reason', base: 'none', theirs: 'No disk image', mine: 'none' },
    ]);
  });
});

describe('readConflict', () => {
  it('reads what stands there now, and nothing from other errors', () => {
    const details = { version: 3, status: 'new', disposition: null, reason: null, owner: 'Bo' };
    expect(readConflict(details)).toEqual(details);
    expect(readConflict({ field: 'reason' })).toBeNull();
    expect(readConflict(undefined)).toBeNull();
  });
});
