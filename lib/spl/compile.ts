/**
 * Compiles a search to functions. The commands up to the first one that needs all rows (or the clock or time zone of
 * the run) are the prefix: it selects events one by one. The rest runs over all selected events, each time anew, so
 * the result does not depend on the order in which events came.
 */
import type { SearchableEvent } from '#lib/events/event.ts';
import type { Command, FieldName, Pipeline, SearchExpression, Span } from './ast.ts';
import { Budget } from './budget.ts';
import * as arranging from './commands.ts';
import * as statistics from './commands-stats.ts';
import * as tables from './commands-tables.ts';
import * as values from './commands-values.ts';
import { expandMacros } from './expand.ts';
import { NO_RUN, type RunContext } from './functions.ts';
import { quoteForMessage, suggest } from './nearest.ts';
import { bestOf } from './needles.ts';
import { parseSearch } from './parse.ts';
import { type Accessor, eventOf, readField, sortEvents, WorkRow } from './row.ts';
import type { FieldScope } from './search-terms.ts';
import type { FilterStage, MapStage, Run, Stage, Subsearch } from './stage.ts';
import { failAt } from './syntax.ts';
import { isTimeZone } from './time-format.ts';
import { compileTransaction } from './transaction.ts';
import {
  type CompiledSearch,
  type DataModelObject,
  type MatchedTerm,
  type Row,
  type RunOptions,
  type SearchEnvironment,
  SplError,
  type UnmatchedTerm,
} from './types.ts';

/** Fields that every event has beside those of its data model. */
const EVENT_FIELDS = new Set(['_time', 'host', 'source', 'sourcetype', 'index']);
const MAX_COMMANDS = 200;

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
    // The datasets of the model that the event is in; written without their name.
    if (field === 'nodename') return (event) => model.get(eventOf(event), field);
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

/** Without a data model tstats knows the fields that Splunk indexes. */
const INDEXED_FIELDS = ['_time', 'host', 'index', 'source', 'sourcetype'];

function indexedScope(text: string): FieldScope {
  return {
    text,
    read: (field, span) =>
      INDEXED_FIELDS.includes(field)
        ? readField(field)
        : failAt(
            span,
            `Without a data model tstats knows ${INDEXED_FIELDS.join(', ')} only: add from datamodel=….`,
          ),
    isVerbatim: () => false,
  };
}

function findModel(dataModel: FieldName, environment: SearchEnvironment): DataModelObject {
  const { name } = dataModel;
  const model = environment.dataModels.get(name);
  if (model !== undefined) return model;
  const known = [...environment.dataModels.keys()];
  const objects = known.filter((other) => other.startsWith(`${name}.`));
  if (objects.length > 0)
    failAt(dataModel, `Name the object too: datamodel=${objects.join(' or datamodel=')}.`);
  const remedy = suggest(name, known) || ` Known are ${known.join(', ') || 'none'}.`;
  return failAt(dataModel, `There is no data model object ${quoteForMessage(name)}.${remedy}`);
}

type Compiler = {
  readonly text: string;
  readonly environment: SearchEnvironment;
  readonly compileSubsearch: (pipeline: Pipeline) => Subsearch;
};

const isAll = (node: SearchExpression): boolean => node.kind === 'all';

function compileTstats(command: Command & { readonly kind: 'tstats' }, compiler: Compiler): readonly Stage[] {
  const { text, environment } = compiler;
  const model = command.dataModel === null ? null : findModel(command.dataModel, environment);
  const scope = model === null ? indexedScope(text) : modelScope(text, model);
  const read = (field: FieldName): Accessor => scope.read(field.name, field);
  const grouping = statistics.compileGrouping(command, read);
  const [first, ...rest] = tables.compileTermStages(command.where, scope, compiler.compileSubsearch);
  if (model === null || first === undefined) return [...(first ? [first] : []), ...rest, grouping];
  const source = command.dataModel === null ? '' : text.slice(command.dataModel.from, command.dataModel.to);
  const membership: FilterStage & Stage = {
    kind: 'filter',
    test: (event) => model.has(eventOf(event)),
    explain: () => {},
    whyNot: () => ({ term: source, field: null, value: null }),
    needles: [],
    usesRun: false,
    columns: (before) => before,
  };
  if (isAll(command.where)) return [membership, grouping];
  return [membership, first, ...rest, grouping];
}

function compileCommand(
  command: Command,
  index: number,
  lenientValue: string,
  compiler: Compiler,
): readonly Stage[] {
  const { text, environment, compileSubsearch } = compiler;
  const scope = eventScope(text, environment);
  switch (command.kind) {
    case 'search':
      return tables.compileTermStages(command.expression, scope, compileSubsearch);
    case 'where':
      return [arranging.compileWhere(command, text)];
    case 'eval':
      return [arranging.compileEval(command)];
    case 'stats':
      return [statistics.compileGrouping(command, undefined, lenientValue)];
    case 'eventstats':
      return [statistics.compileEventstats(command)];
    case 'streamstats':
      return [statistics.compileStreamstats(command)];
    case 'tstats':
      if (index > 0) failAt(command, 'tstats must be the first command of a search.');
      return compileTstats(command, compiler);
    case 'rename':
      return [arranging.compileRename(command)];
    case 'convert':
      return [arranging.compileConvert(command)];
    case 'fillnull':
      return [arranging.compileFillnull(command)];
    case 'fields':
      return [arranging.compileFields(command)];
    case 'table':
      return [arranging.compileTable(command)];
    case 'sort':
      return [arranging.compileSort(command)];
    case 'reverse':
      return [arranging.compileReverse()];
    case 'head':
    case 'tail':
      return [arranging.compileHead(command)];
    case 'dedup':
      return [arranging.compileDedup(command)];
    case 'rex':
      return [values.compileRex(command)];
    case 'sed':
      return [values.compileSed(command)];
    case 'regex':
      return [values.compileRegex(command, text)];
    case 'replace':
      return [values.compileReplace(command)];
    case 'bin':
      return [values.compileBin(command)];
    case 'makemv':
      return [values.compileMakemv(command)];
    case 'mvexpand':
      return [values.compileMvexpand(command)];
    case 'spath':
      return [values.compileSpath(command)];
    case 'xmlkv':
      return [values.compileXmlkv(command)];
    case 'lookup':
      return [tables.compileLookup(command, environment)];
    case 'inputlookup':
      if (index > 0 && !command.isAppending) {
        failAt(command, 'inputlookup begins a search; to add its rows write inputlookup append=true.');
      }
      return [tables.compileInputlookup(command, environment, scope)];
    case 'join':
      return [tables.compileJoin(command, compileSubsearch)];
    case 'append':
      return [tables.compileAppend(command, compileSubsearch)];
    case 'appendpipe':
      return [tables.compileAppendpipe(compileCommands(command.commands, compiler, 1), runStages)];
    case 'transaction':
      return [compileTransaction(command, scope)];
    case 'makeresults':
      if (index > 0) failAt(command, 'makeresults must be the first command of a search.');
      return [tables.compileMakeresults(command)];
  }
}

const STARTING = new Set<Command['kind']>(['search', 'tstats', 'inputlookup', 'makeresults']);

/** After a leading pipe only commands that bring rows of their own make sense. */
function checkFirst(first: Command | undefined): void {
  if (first === undefined || STARTING.has(first.kind)) return;
  failAt(
    first,
    `${first.kind} works on rows that a search before it gives: write * | ${first.kind} for all events.`,
  );
}

/** `index` is the place of the first command in its search. */
function compileCommands(commands: Pipeline, compiler: Compiler, index = 0): readonly Stage[] {
  const stages: Stage[] = [];
  // What a null by-value would have become: 0 after a bare fillnull, which does not make a field that no event has.
  let lenientValue = 'null';
  for (const [offset, command] of commands.entries()) {
    stages.push(...compileCommand(command, index + offset, lenientValue, compiler));
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

/**
 * Commands that keep, drop and change rows one by one, as the body of a filter macro has them: whether a row stays. Times
 * are in UTC, and there is no clock. Throws SplError, with positions in `text`, for a command that needs all rows.
 */
export function compileRowTest(
  commands: Pipeline,
  text: string,
  environment: SearchEnvironment,
): (row: SearchableEvent) => boolean {
  const compileSubsearch = (inner: Pipeline): never =>
    failAt(inner[0] ?? { from: 0, to: 0 }, 'A search in brackets cannot stand here.');
  const stages = commands.flatMap((command) =>
    compileCommands([command], { text, environment, compileSubsearch }, 1).map((stage): PrefixStage => {
      if (stage.kind === 'table') return failAt(command, `${command.kind} needs all rows.`);
      return stage;
    }),
  );
  return (row) => selectEvent(stages, row, null);
}

/** Needles of the filters before the first change: after one, a field need not be what the evidence says. */
function needlesOf(prefix: readonly PrefixStage[]): readonly (readonly string[])[] {
  const firstChange = prefix.findIndex((stage) => stage.kind === 'map');
  const filters = firstChange < 0 ? prefix : prefix.slice(0, firstChange);
  return filters.flatMap((stage) => (stage.kind === 'filter' ? stage.needles : []));
}

function runStages(stages: readonly Stage[], start: readonly WorkRow[], run: Run): readonly WorkRow[] {
  const { budget, context } = run;
  let rows = start;
  for (const stage of stages) {
    budget.check();
    if (stage.kind === 'table') rows = stage.apply(rows, run);
    else {
      rows = rows.flatMap((row) => {
        budget.tick();
        if (stage.kind === 'map') return [stage.apply(row, context)];
        return stage.test(row, context) ? [row] : [];
      });
    }
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

type CompiledPipeline = Subsearch & {
  readonly stages: readonly Stage[];
  readonly prefix: readonly PrefixStage[];
  /** Whether the pipeline itself, without the searches in it, looks at the event. */
  readonly selectsItself: (event: SearchableEvent) => boolean;
};

/** A search in brackets is a pipeline of its own over the same events. */
function compilePipeline(pipeline: Pipeline, text: string, environment: SearchEnvironment): CompiledPipeline {
  checkFirst(pipeline[0]);
  const compileSubsearch = (inner: Pipeline): Subsearch => compilePipeline(inner, text, environment);
  const stages = compileCommands(pipeline, { text, environment, compileSubsearch });
  const prefix = takePrefix(stages);
  const [first] = stages;
  const isGenerating = first?.kind === 'table' && first.isGenerating === true;
  const isOrdered = usesEventOrder(stages);
  const subsearches = stages.flatMap((stage) => stage.subsearches ?? []);
  let columns: readonly string[] | null = null;
  for (const stage of stages) columns = stage.columns(columns);
  const selectsItself = (event: SearchableEvent): boolean =>
    !isGenerating && selectEvent(prefix, event, null);
  const own = isGenerating ? [] : [needlesOf(prefix)];
  const all = [...own, ...subsearches.map(({ needles }) => needles)];
  return {
    stages,
    prefix,
    selectsItself,
    select:
      subsearches.length === 0
        ? selectsItself
        : (event) => selectsItself(event) || subsearches.some(({ select }) => select(event)),
    // Of several searches over the same events, one must find its literals.
    needles: all.length === 1 ? (all[0] ?? []) : bestOf(all),
    columns,
    run: (run) => {
      const rows = isGenerating ? [] : run.events.map(WorkRow.ofEvent);
      return runStages(stages, isOrdered ? sortEvents(rows) : rows, run);
    },
  };
}

/** The first filter that an event does not pass. */
function findUnmatched(prefix: readonly PrefixStage[], event: SearchableEvent): UnmatchedTerm | null {
  let row: WorkRow | null = null;
  for (const stage of prefix) {
    if (stage.kind === 'map') row = stage.apply(row ?? WorkRow.ofEvent(event, 0), NO_RUN);
    else if (!stage.test(row ?? event, NO_RUN)) return stage.whyNot(row ?? event);
  }
  return null;
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
    const pipeline = compilePipeline(commands, expansion.text, environment);
    const { prefix, stages, columns, select, needles } = pipeline;
    const first = commands[0];

    const runOnce = (
      events: readonly SearchableEvent[],
      context: RunContext,
      isLenient: boolean,
      signal: AbortSignal | undefined,
    ): Row[] => {
      const budget = new Budget(signal);
      return pipeline.run({ context, isLenient, events, budget }).map((row) => row.toRow(columns));
    };

    const run = (events: readonly SearchableEvent[], options: RunOptions): readonly Row[] => {
      const context: RunContext = { nowMs: options.nowMs, timeZone: options.timeZone ?? 'UTC' };
      if (!isTimeZone(context.timeZone)) {
        throw new SplError(`There is no time zone ${quoteForMessage(context.timeZone)}.`, 0, text.length);
      }
      const strict = runOnce(events, context, false, options.signal);
      if (options.mode === 'strict') return strict;
      // Lenient adds rows and never changes one: the strict rows come from the strict run.
      const lenient = runOnce(events, context, true, options.signal);
      return [...strict, ...lenient.filter((row) => row.filled.length > 0)];
    };

    return {
      text,
      expandedText: expansion.text,
      dataModel: first?.kind === 'tstats' ? (first.dataModel?.name ?? null) : null,
      needles,
      columns,
      isGrouping: stages.some((stage) => stage.kind === 'table' && stage.isGrouping),
      select,
      run: (events, options) => inOriginal(() => run(events, options)),
      explain: (event) => {
        const terms: MatchedTerm[] = [];
        const isSelected = selectEvent(prefix, event, (stage, seen) => stage.explain(seen, terms));
        return isSelected ? terms : [];
      },
      whyNot: (event) => (select(event) ? null : findUnmatched(prefix, event)),
    };
  });
}
