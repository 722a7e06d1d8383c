/** Compiles the commands that bring rows together: lookups, subsearches, rows out of nothing. */
import type { Pipeline, SearchExpression, Span } from './ast.ts';
import type { Of } from './commands.ts';
import { indexTable } from './lookup-table.ts';
import { quoteForMessage, suggest } from './nearest.ts';
import { NO_ORIGIN, readField, WorkRow } from './row.ts';
import { compileTerms, type FieldScope } from './search-terms.ts';
import { type Run, type Stage, type Subsearch, sameColumns, type TableStage, withColumns } from './stage.ts';
import { failAt } from './syntax.ts';
import type { LookupTable, SearchEnvironment } from './types.ts';
import { fieldValueOf, scalarsOf, toText } from './value.ts';

export type CompileSubsearch = (pipeline: Pipeline) => Subsearch;

function findLookup(name: string, span: Span, environment: SearchEnvironment): LookupTable {
  const table = environment.lookups.get(name);
  if (table !== undefined) return table;
  const known = [...environment.lookups.keys()];
  const remedy = suggest(name, known) || ' Import its CSV file first.';
  return failAt(span, `There is no lookup ${quoteForMessage(name)}.${remedy}`);
}

function checkColumn(table: LookupTable, name: string, span: Span): string {
  if (table.columns.includes(name)) return name;
  const remedy = suggest(name, table.columns) || ` It has ${table.columns.join(', ')}.`;
  return failAt(
    span,
    `The lookup ${quoteForMessage(table.name)} has no column ${quoteForMessage(name)}.${remedy}`,
  );
}

export function compileLookup(command: Of<'lookup'>, environment: SearchEnvironment): Stage {
  const table = findLookup(command.table.name, command.table, environment);
  const inputs = command.inputs.map(({ field, as, ...span }) => ({
    column: checkColumn(table, field, span),
    read: readField(as),
  }));
  const searched = inputs.map(({ column }) => column);
  const outputs =
    command.outputs?.map(({ field, as, ...span }) => ({ column: checkColumn(table, field, span), as })) ??
    table.columns.filter((column) => !searched.includes(column)).map((column) => ({ column, as: column }));
  const targets = outputs.map(({ column, as }) => ({ place: table.columns.indexOf(column), as }));
  const find = indexTable(table, searched);
  return {
    kind: 'map',
    usesRun: false,
    apply: (row) => {
      const [first = [], ...rest] = inputs.map(({ read }) => scalarsOf(read(row)).map(toText));
      // Each value of a multivalue field is looked up; of the other fields the first counts.
      const others = rest.map(([value]) => value);
      if (first.length === 0 || others.includes(undefined)) return row;
      if (!command.isOverwriting && targets.some(({ as }) => row.get(as) !== null)) return row;
      const found = first.flatMap((value) => find([value, ...others.map((other) => other ?? '')]));
      const matched = found.slice(0, table.maxMatches);
      for (const { place, as } of targets) {
        const values = matched.map((cells) => cells[place] ?? '').filter((cell) => cell !== '');
        if (values.length > 0) row.set(as, fieldValueOf(values));
        else if (matched.length === 0 && table.defaultMatch !== null) row.set(as, table.defaultMatch);
      }
      return row;
    },
    columns: (before) =>
      withColumns(
        before,
        targets.map(({ as }) => as),
      ),
  };
}

export function compileInputlookup(
  command: Of<'inputlookup'>,
  environment: SearchEnvironment,
  scope: FieldScope,
): Stage {
  const table = findLookup(command.table.name, command.table, environment);
  const { test } = compileTerms(command.where, scope);
  const read = (): readonly WorkRow[] => {
    const rows = table.rows
      .map((cells) => {
        const values = table.columns.map((column, place) => [column, cells[place] || null] as const);
        return WorkRow.ofFields(values, NO_ORIGIN);
      })
      .filter((row) => test(row));
    return rows.slice(command.start, command.max === 0 ? undefined : command.start + command.max);
  };
  return {
    kind: 'table',
    isGrouping: false,
    usesOrder: true,
    ...(command.isAppending ? {} : { isGenerating: true }),
    apply: (rows) => (command.isAppending ? [...rows, ...read()] : read()),
    columns: (before) => (command.isAppending ? withColumns(before, table.columns) : table.columns),
  };
}

export function compileMakeresults({ count }: Of<'makeresults'>): Stage {
  return {
    kind: 'table',
    isGrouping: false,
    usesOrder: true,
    isGenerating: true,
    apply: (_, { context }) =>
      Array.from({ length: count }, () =>
        WorkRow.ofFields([['_time', String(Math.floor(context.nowMs / 1000))]], NO_ORIGIN),
      ),
    columns: () => ['_time'],
  };
}

const unionOf = (left: readonly number[], right: readonly number[]): readonly number[] =>
  [...new Set([...left, ...right])].sort((a, b) => a - b);

/** Rows of both sides with the same values; of several partners the first ones, as Splunk's reference, "join", says. */
export function compileJoin(command: Of<'join'>, compileSubsearch: CompileSubsearch): Stage {
  const subsearch = compileSubsearch(command.subsearch);
  const named = command.fields.map(({ name }) => name);
  const keyOf = (row: WorkRow, fields: readonly string[]): string | null => {
    const values = fields.map((name) => scalarsOf(row.get(name)).map(toText));
    return values.some((texts) => texts.length === 0) ? null : JSON.stringify(values);
  };
  const commonFields = (left: readonly WorkRow[], right: readonly WorkRow[]): readonly string[] => {
    const names = new Set(left.flatMap((row) => row.fieldNames()));
    return [...new Set(right.flatMap((row) => row.fieldNames()))].filter(
      (name) => names.has(name) && !name.startsWith('_'),
    );
  };
  const join = (row: WorkRow, partner: WorkRow, fields: readonly string[]): WorkRow => {
    const split = command.max === 1 ? [] : (partner.origin.key ?? []);
    const joined = row.copy({
      ...row.origin,
      sources: unionOf(row.origin.sources, partner.origin.sources),
      split: [...row.origin.split, ...split, ...partner.origin.split],
    });
    for (const name of partner.fieldNames()) {
      if (fields.includes(name)) continue;
      if (command.isOverwriting || row.get(name) === null) joined.set(name, partner.get(name));
    }
    return joined;
  };
  return {
    kind: 'table',
    isGrouping: false,
    usesOrder: true,
    subsearches: [subsearch],
    apply: (rows, run) => {
      const partners = subsearch.run(run);
      const fields = named.length > 0 ? named : commonFields(rows, partners);
      const byKey = new Map<string, WorkRow[]>();
      for (const partner of partners) {
        run.budget.tick();
        const key = keyOf(partner, fields);
        const known = key === null ? undefined : byKey.get(key);
        if (known === undefined && key !== null) byKey.set(key, [partner]);
        else if (command.max === 0 || (known?.length ?? 0) < command.max) known?.push(partner);
      }
      return rows.flatMap((row) => {
        run.budget.tick();
        const key = keyOf(row, fields);
        const found = key === null ? undefined : byKey.get(key);
        if (found === undefined) return command.isOuter ? [row] : [];
        return found.map((partner) => {
          run.budget.take(0, command);
          return join(row, partner, fields);
        });
      });
    },
    columns: (before) =>
      before === null || subsearch.columns === null ? null : withColumns(before, subsearch.columns),
  };
}

export function compileAppend(command: Of<'append'>, compileSubsearch: CompileSubsearch): Stage {
  const subsearch = compileSubsearch(command.subsearch);
  return {
    kind: 'table',
    isGrouping: false,
    usesOrder: true,
    subsearches: [subsearch],
    apply: (rows, run) => [...rows, ...subsearch.run(run)],
    columns: (before) => (subsearch.columns === null ? null : withColumns(before, subsearch.columns)),
  };
}

/** The commands in brackets work on a copy of the rows; what they give comes after the rows. */
export function compileAppendpipe(
  stages: readonly Stage[],
  runStages: (stages: readonly Stage[], rows: readonly WorkRow[], run: Run) => readonly WorkRow[],
): Stage {
  return {
    kind: 'table',
    isGrouping: false,
    usesOrder: true,
    subsearches: stages.flatMap((stage) => stage.subsearches ?? []),
    apply: (rows, run) => [
      ...rows,
      ...runStages(
        stages,
        rows.map((row) => row.copy()),
        run,
      ),
    ],
    columns: (before) => {
      let inside = before;
      for (const stage of stages) inside = stage.columns(inside);
      return inside === null ? null : withColumns(before, inside);
    },
  };
}

/** Rows that a subsearch may stand for in terms; Splunk cuts them there, we say so. */
const MAX_SUBSEARCH_ROWS = 10_000;

const hasSubsearch = (node: SearchExpression): boolean =>
  node.kind === 'subsearch' ||
  (node.kind === 'not' && hasSubsearch(node.operand)) ||
  ((node.kind === 'and' || node.kind === 'or') && node.operands.some(hasSubsearch));

function subsearchesIn(
  node: SearchExpression,
): readonly (SearchExpression & { readonly kind: 'subsearch' })[] {
  if (node.kind === 'subsearch') return [node];
  if (node.kind === 'not') return subsearchesIn(node.operand);
  return node.kind === 'and' || node.kind === 'or' ? node.operands.flatMap(subsearchesIn) : [];
}

/** `(a=1 b=2) OR (a=3 b=4)`; without rows nothing matches. Fields called search or query hold terms themselves. */
function termsOf(rows: readonly WorkRow[], span: Span): SearchExpression {
  if (rows.length > MAX_SUBSEARCH_ROWS) {
    failAt(span, `This search gives more than ${MAX_SUBSEARCH_ROWS} rows: narrow it, or use lookup or join.`);
  }
  const at = { from: span.from, to: span.to };
  const operands = rows.flatMap((row): SearchExpression[] => {
    const fields = row.fieldNames().filter((name) => !name.startsWith('_') && row.get(name) !== null);
    const terms = fields.map((field): SearchExpression => {
      const values = scalarsOf(row.get(field)).map((value) => ({
        ...at,
        text: toText(value),
        isCaseSensitive: false,
      }));
      if (field !== 'search' && field !== 'query') return { ...at, kind: 'in', field, values };
      return { ...at, kind: 'or', operands: values.map((value) => ({ ...at, kind: 'term', value })) };
    });
    return terms.length === 0 ? [] : [{ ...at, kind: 'and', operands: terms }];
  });
  return operands.length === 0
    ? { ...at, kind: 'not', operand: { ...at, kind: 'all' } }
    : { ...at, kind: 'or', operands };
}

function replaceSubsearches(
  node: SearchExpression,
  found: ReadonlyMap<SearchExpression, SearchExpression>,
): SearchExpression {
  const known = found.get(node);
  if (known !== undefined) return known;
  if (node.kind === 'not') return { ...node, operand: replaceSubsearches(node.operand, found) };
  if (node.kind !== 'and' && node.kind !== 'or') return node;
  return { ...node, operands: node.operands.map((operand) => replaceSubsearches(operand, found)) };
}

/** Terms of a search: those without a subsearch select events one by one, the others need all events first. */
export function compileTermStages(
  expression: SearchExpression,
  scope: FieldScope,
  compileSubsearch: CompileSubsearch,
): readonly Stage[] {
  if (!hasSubsearch(expression)) {
    return [{ kind: 'filter', ...compileTerms(expression, scope), usesRun: false, columns: sameColumns }];
  }
  const operands = expression.kind === 'and' ? expression.operands : [expression];
  const plain = operands.filter((operand) => !hasSubsearch(operand));
  const rest = operands.filter(hasSubsearch);
  const subsearches = new Map(
    rest.flatMap(subsearchesIn).map((node) => [node, compileSubsearch(node.commands)] as const),
  );
  const stage: TableStage & Stage = {
    kind: 'table',
    isGrouping: false,
    usesOrder: false,
    subsearches: [...subsearches.values()],
    apply: (rows, run) => {
      const found = new Map<SearchExpression, SearchExpression>();
      for (const [node, subsearch] of subsearches) found.set(node, termsOf(subsearch.run(run), node));
      const tests = rest.map((node) => compileTerms(replaceSubsearches(node, found), scope));
      return rows.filter((row) => {
        run.budget.tick();
        return tests.every(({ test }) => test(row));
      });
    },
    columns: sameColumns,
  };
  const terms: SearchExpression = { kind: 'and', from: expression.from, to: expression.to, operands: plain };
  return plain.length === 0
    ? [stage]
    : [{ kind: 'filter', ...compileTerms(terms, scope), usesRun: false, columns: sameColumns }, stage];
}
