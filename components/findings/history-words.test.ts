import { describe, expect, it } from 'vitest';
import { historyPhrases } from './history-words.ts';

const OPEN = { status: 'new', disposition: null, reason: null, owner: null };

function update(before: object, after: object): readonly string[] {
  return historyPhrases({
    action: 'finding.update',
    before: { ...OPEN, ...before },
    after: { ...OPEN, ...after },
  });
}

describe('historyPhrases', () => {
  it('says every field that a closing changed, in plain words', () => {
    expect(
      update(
        {},
        { status: 'closed', disposition: 'false_positive', reason: 'Inventory agent', owner: 'Ada' },
      ),
    ).toEqual([
      'set the status from new to closed',
      'called it false positive',
      'gave it to Ada',
      'gave the reason “Inventory agent”',
    ]);
  });

  it('says what was there before a change of mind', () => {
    expect(
      update(
        { status: 'closed', disposition: 'true_positive', reason: 'a' },
        { status: 'closed', disposition: 'benign_positive', reason: 'b' },
      ),
    ).toEqual([
      'changed the disposition from true positive to benign positive',
      'changed the reason from “a” to “b”',
    ]);
  });

  it('says what a reopening took back', () => {
    expect(
      update({ status: 'closed', disposition: 'undetermined', reason: 'a' }, { status: 'on_hold' }),
    ).toEqual([
      'set the status from closed to on hold',
      'took back the disposition undetermined',
      'took back the reason',
    ]);
  });

  it('says from whom to whom a finding went', () => {
    expect(update({ owner: 'Ada' }, { owner: 'Bo' })).toEqual(['gave it from Ada to Bo']);
    expect(update({ owner: 'Ada' }, {})).toEqual(['took it from Ada']);
  });

  it('never leaves an entry without words', () => {
    expect(update({}, {})).toEqual(['saved without a change']);
    expect(historyPhrases({ action: 'finding.note', before: null, after: null })).toEqual(['added a note']);
    expect(historyPhrases({ action: 'evidence.delete', before: null, after: null })).toEqual([
      'evidence delete',
    ]);
  });
});
