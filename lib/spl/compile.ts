/**
 * Compiles a search to functions. The commands up to the first one that needs all rows (or the clock or time zone of
 * the run) are the prefix: it selects events one by one. The rest runs over all selected events, each time anew, so
 * the result does not depend on the order in which events came.
 */
import type { SearchableEvent } from '#lib/events/event.ts';
import type { Command, FieldName, Span } from './ast.ts';
import * as compilers from './commands.ts';
import { expandMacros } from './expand.ts';
import type { RunContext } from './functions.ts';
import { quoteForMessage, suggest } from './nearest.ts';
import { parseSearch } from './parse.ts';
import { type Accessor, eventOf, readField, sortEvents, WorkRow } from './row.ts';
import type { FieldScope } from './search-terms.ts';
import type { FilterStage, MapStage, Stage } from './stage.ts';
import { failAt } from './syntax.ts';
import { isTimeZone } from './time-format.ts';
import {
  type CompiledSearch,
  type DataModelObject,
  type MatchedTerm,
  type Row,
  type RunOptions,
  type SearchEnvironment,
  SplError,
} from './types.ts';

/** Fields that every event has beside those of its data model. */
const EVENT_FIELDS = new Set(['_time', 'host', 'source', 'sourcetype', 'index']);
const MAX_COMMANDS = 200;

/** The prefix looks at no clock and no zone: stages that do are not in it. */
const NO_RUN: RunContext = { nowMs: 0, timeZone: 'UTC' };

function eventScope(text: string, environment: SearchEnvironment): FieldScope {
  return { text, read: readField, isVerbatim: (field) => environment.isVerbatim(field) };
}

/** Fields of a data model object are written with its name, Registry.dest, until they are renamed. */
function modelScope(text: string, model: DataModelObject): FieldScope {
  const prefix = `${model.prefix}.`;
  const read = (field: string, span: Span): Accessor => {
    if (EVENT_FIELDS.has(field)) {
      const readEvent = readField(field);
      return (event) => readEvent(eventOf(event));
    }
    const name = field.startsWith(prefix) ? field.slice(prefix.length) : field;
    if (!model.fields.includes(name)) {
      failAt(span, `${model.name} has no field ${quoteForMessage(field)}.${suggest(name, model.fields)}`);
    }
    if (name === field) failAt(span, `Write ${prefix}${field}: tstats names fields with their object.`);
    return (event) => model.get(eventOf(event), name);
  };
  return {
    text,
    read,
    isVerbatim: (field) => field.startsWith(prefix) && model.isVerbatim(field.slice(prefix.length)),
  };
}

function findModel(
  command: Command & { readonly kind: 'tstats' },
  environment: SearchEnvironment,
): DataModelObject {
  const { name } = command.dataModel;
  const model = environment.dataModels.get(name);
  if (model !== undefined) return model;
  const known = [...environment.dataModels.keys()];
  const objects = known.filter((other) => other.startsWith(`${name}.`));
  if (objects.length > 0)
    failAt(command.dataModel, `Name the object too: datamodel=${objects.join(' or datamodel=')}.`);
  const remedy = suggest(name, known) || ` Known are ${known.join(', ') || 'none'}.`;
  return failAt(command.dataModel, `There is no data model object ${quoteForMessage(name)}.${remedy}`);
}

type Compiler = { readonly text: string; readonly environment: SearchEnvironment };

function compileTstats(
  command: Command & { readonly kind: 'tstats' },
  { text, environment }: Compiler,
): Stage[] {
  const model = findModel(command, environment);
  const scope = modelScope(text, model);
  const where = compilers.compileSearch(command.where, scope);
  const read = (field: FieldName): Accessor => scope.read(field.name, field);
  const grouping = compilers.compileGrouping(command, read, 'null');
  if (where.kind !== 'filter') return [where, grouping];
  const { test } = where;
  return [{ ...where, test: (event, context) => model.has(event) && test(event, context) }, grouping];
}

function compileCommand(command: Command, index: number, lenientValue: string, compiler: Compiler): Stage[] {
  switch (command.kind) {
    case 'search':
      return [compilers.compileSearch(command.expression, eventScope(compiler.text, compiler.environment))];
    case 'where':
      return [compilers.compileWhere(command)];
    case 'eval':
      return [compilers.compileEval(command)];
    case 'stats':
      return [compilers.compileGrouping(command, (field) => readField(field.name), lenientValue)];
    case 'tstats':
      if (index > 0) failAt(command, 'tstats must be the first command of a search.');
      return compileTstats(command, compiler);
    case 'rename':
      return [compilers.compileRename(command)];
    case 'convert':
      return [compilers.compileConvert(command)];
    case 'fillnull':
      return [compilers.compileFillnull(command)];
    case 'fields':
      return [compilers.compileFields(command)];
    case 'table':
      return [compilers.compileTable(command)];
    case 'sort':
      return [compilers.compileSort(command)];
    case 'head':
      return [compilers.compileHead(command)];
    case 'dedup':
      return [compilers.compileDedup(command)];
  }
}

/** After a leading pipe only commands that bring rows of their own make sense. */
function checkFirst(first: Command | undefined): void {
  if (first === undefined || first.kind === 'search' || first.kind === 'tstats') return;
  failAt(
    first,
    `${first.kind} works on rows that a search before it gives: write * | ${first.kind} for all events.`,
  );
}

function compileCommands(commands: readonly Command[], compiler: Compiler): Stage[] {
  const stages: Stage[] = [];
  // What a null by-value would have become: 0 after a bare fillnull, which does not make a field that no event has.
  let lenientValue = 'null';
  for (const [index, command] of commands.entries()) {
    stages.push(...compileCommand(command, index, lenientValue, compiler));
    if (command.kind === 'fillnull' && command.fields.length === 0) lenientValue = command.value;
    if (command.kind === 'stats' || command.kind === 'tstats') lenientValue = 'null';
  }
  return stages;
}

type PrefixStage = FilterStage | MapStage;

const isStreaming = (stage: Stage): stage is Stage & PrefixStage => stage.kind !== 'table' && !stage.usesRun;

/** Up to the first stage that is not streaming; without changes after the last filter, which select nothing. */
function takePrefix(stages: readonly Stage[]): PrefixStage[] {
  const end = stages.findIndex((stage) => !isStreaming(stage));
  const streaming = (end < 0 ? stages : stages.slice(0, end)).filter(isStreaming);
  return streaming.slice(0, streaming.findLastIndex((stage) => stage.kind === 'filter') + 1);
}

/** Runs the prefix; `visit` sees each filter that the event passed, with the event as it was there. */
function selectEvent(
  prefix: readonly PrefixStage[],
  event: SearchableEvent,
  visit: ((stage: FilterStage, event: SearchableEvent) => void) | null,
): boolean {
  let row: WorkRow | null = null;
  for (const stage of prefix) {
    if (stage.kind === 'map') row = stage.apply(row ?? WorkRow.ofEvent(event, 0), NO_RUN);
    else if (!stage.test(row ?? event, NO_RUN)) return false;
    else visit?.(stage, row ?? event);
  }
  return true;
}

/** Needles of the filters before the first change: after one, a field need not be what the evidence says. */
function needlesOf(prefix: readonly PrefixStage[]): readonly (readonly string[])[] {
  const firstChange = prefix.findIndex((stage) => stage.kind === 'map');
  const filters = firstChange < 0 ? prefix : prefix.slice(0, firstChange);
  return filters.flatMap((stage) => (stage.kind === 'filter' ? (stage.terms?.needles ?? []) : []));
}

function runStages(
  stages: readonly Stage[],
  start: readonly WorkRow[],
  context: RunContext,
  isLenient: boolean,
): readonly WorkRow[] {
  let rows = start;
  for (const stage of stages) {
    if (stage.kind === 'filter') rows = rows.filter((row) => stage.test(row, context));
    else if (stage.kind === 'map') rows = rows.map((row) => stage.apply(row, context));
    else rows = stage.apply(rows, context, isLenient);
  }
  return rows;
}

/** Whether the order of events shows in the result: yes, unless a grouping comes before anything that looks at it. */
function usesEventOrder(stages: readonly Stage[]): boolean {
  for (const stage of stages) {
    if (stage.kind !== 'table') continue;
    if (stage.usesOrder) return true;
    if (stage.isGrouping) return false;
  }
  return true;
}

/** Compiles a search. Throws SplError, with positions in the text as given, for all that is wrong or not supported. */
export function compileSearch(text: string, environment: SearchEnvironment): CompiledSearch {
  const expansion = expandMacros(text, environment.macros);
  const inOriginal = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SplError)) throw error;
      const { from, to } = expansion.originOf(error.from, error.to);
      throw new SplError(error.message, from, to);
    }
  };

  return inOriginal(() => {
    const commands = parseSearch(expansion.text);
    const excess = commands[MAX_COMMANDS];
    if (excess !== undefined) failAt(excess, `A search may have ${MAX_COMMANDS} commands.`);
    checkFirst(commands[0]);
    const stages = compileCommands(commands, { text: expansion.text, environment });
    const prefix = takePrefix(stages);
    const isOrdered = usesEventOrder(stages);
    const first = commands[0];
    let columns: readonly string[] | null = null;
    for (const stage of stages) columns = stage.columns(columns);

    const runOnce = (events: readonly SearchableEvent[], context: RunContext, isLenient: boolean): Row[] => {
      const rows = events.map(WorkRow.ofEvent);
      const done = runStages(stages, isOrdered ? sortEvents(rows) : rows, context, isLenient);
      return done.map((row) => row.toRow(columns));
    };

    const run = (events: readonly SearchableEvent[], options: RunOptions): readonly Row[] => {
      const context: RunContext = { nowMs: options.nowMs, timeZone: options.timeZone ?? 'UTC' };
      if (!isTimeZone(context.timeZone)) {
        throw new SplError(`There is no time zone ${quoteForMessage(context.timeZone)}.`, 0, text.length);
      }
      const strict = runOnce(events, context, false);
      if (options.mode === 'strict') return strict;
      // Lenient adds rows and never changes one: the strict rows come from the strict run.
      return [...strict, ...runOnce(events, context, true).filter((row) => row.filled.length > 0)];
    };

    return {
      text,
      expandedText: expansion.text,
      dataModel: first?.kind === 'tstats' ? first.dataModel.name : null,
      needles: needlesOf(prefix),
      columns,
      isGrouping: stages.some((stage) => stage.kind === 'table' && stage.isGrouping),
      select: (event) => selectEvent(prefix, event, null),
      run: (events, options) => inOriginal(() => run(events, options)),
      explain: (event) => {
        const terms: MatchedTerm[] = [];
        const isSelected = selectEvent(prefix, event, (stage, seen) => stage.terms?.explain(seen, terms));
        return isSelected ? terms : [];
      },
    };
  });
}
