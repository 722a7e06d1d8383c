import type { DetectionRule } from '#lib/detection/rule.ts';
import { DATA_MODELS } from '#lib/events/cim/index.ts';
import { isVerbatim } from '#lib/events/verbatim.ts';
import { Pattern } from '#lib/spl/pattern.ts';
import { type Fits, supersetOf } from '../predicate.ts';
import type { SourceQuery } from '../types.ts';
import { type Word, type WordCondition, wordsOf } from '../words.ts';
import type { SplunkSettings } from './settings.ts';

/**
 * A detection as a search of raw events. Splunk looks words up in its index ("Event segmentation", Getting Data In); fields
 * are not named, because which fields an event has depends on the add-ons of that Splunk, and our engine reads the raw event
 * anyway.
 */

const WIDENED =
  'words are looked for anywhere in an event and not in one field, whatever its source; our engine looks at the fields';

/** Columns that evidence needs, and what names a row and says when it was indexed. */
const COLUMNS = '_time _raw host source sourcetype index _indextime _cd _bkt splunk_server';

/** One search for all detections. */
export function splunkQuery(settings: SplunkSettings, rules: readonly DetectionRule[]): SourceQuery {
  const supersets = rules.map((rule) => supersetOf(rule.search.expandedText));
  const conditions = supersets.map(({ predicate, dataModel }) =>
    splOf(wordsOf(predicate, isInRaw(dataModel))),
  );
  const either = [...new Set(conditions)];
  const condition = either.length === 1 ? (either[0] ?? '') : either.map((one) => `(${one})`).join(' OR ');
  return {
    detectionIds: rules.map(({ id }) => id),
    language: 'spl',
    text: `search ${indexesOf(settings.indexes)} (${condition}) | eval _indextime=_indextime | fields ${COLUMNS}`,
    widened: [WIDENED, ...new Set(supersets.flatMap(({ widened }) => widened))],
  };
}

/** A number in the bytes of an event log, and its digits in every form that Splunk is sent. */
const EVENT_CODE = 'EventCode';
/** What data models say for an absent value stands in no raw event. */
const MODEL_DEFAULT = 'unknown';

function isInRaw(dataModel: string | null): (fits: Fits) => boolean {
  if (dataModel === null) return ({ field }) => field === EVENT_CODE || isVerbatim(field);
  const model = DATA_MODELS.get(dataModel);
  return ({ field, pieces }) =>
    model !== undefined &&
    model.isVerbatim(field) !== false &&
    !new Pattern(pieces.join('*'), false).matches(MODEL_DEFAULT);
}

function indexesOf(indexes: readonly string[]): string {
  const [first] = indexes;
  if (first === undefined) return 'index=*';
  return indexes.length === 1 ? `index=${quoted(first)}` : `index IN (${indexes.map(quoted).join(', ')})`;
}

/** AND is implied; OR binds tighter than AND in a search, so alternatives stand in brackets. */
function splOf(condition: WordCondition): string {
  switch (condition.kind) {
    case 'all':
      return '*';
    case 'word':
      return wordOf(condition.word);
    case 'and':
      return condition.operands.map(splOf).join(' ');
    case 'or':
      return `(${condition.operands.map((one) => `(${splOf(one)})`).join(' OR ')})`;
  }
}

const wordOf = ({ text, isOpenLeft, isOpenRight }: Word): string =>
  `${isOpenLeft ? '*' : ''}${text}${isOpenRight ? '*' : ''}`;

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
