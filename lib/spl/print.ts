/** Writes a search from its tree, in one plain style: parsing the text gives the same tree again. */
import type {
  Aggregate,
  BucketSize,
  ByField,
  Command,
  Expression,
  FieldName,
  Pipeline,
  Renaming,
  RowCondition,
  SearchExpression,
  SearchValue,
  SortKey,
} from './ast.ts';

const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Words that name a field only in quotes. */
const RESERVED = /^(?:and|or|not|in|as|by|from|where|case|term|search|xor|like|eval|true|false|null)$/i;
const isPlain = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name) && !RESERVED.test(name);

/** A field name of search. */
const searchField = (name: string): string => (isPlain(name) ? name : quote(name));

/** A name where only a word can stand. */
const word = (text: string): string => text.replace(/["|\\]/g, '\\$&');

const EVAL_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};
const quoteInEval = (text: string): string =>
  `"${text.replace(/[\\"\t\n\r]/g, (char) => EVAL_ESCAPES[char] ?? char)}"`;

const truth = (isTrue: boolean): string => (isTrue ? 'true' : 'false');
const names = (fields: readonly FieldName[]): string => fields.map(({ name }) => quote(name)).join(' ');
const join = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');

function printValue({ text, isCaseSensitive }: SearchValue): string {
  return isCaseSensitive ? `CASE(${quote(text)})` : quote(text);
}

export function printSearchExpression(node: SearchExpression): string {
  const inside = (operand: SearchExpression): string => {
    const text = printSearchExpression(operand);
    return operand.kind === 'and' || operand.kind === 'or' || operand.kind === 'not' ? `(${text})` : text;
  };
  switch (node.kind) {
    case 'all':
      return '*';
    case 'and':
      return node.operands.map(inside).join(' ');
    case 'or':
      return node.operands.map(inside).join(' OR ');
    case 'not':
      return `NOT ${inside(node.operand)}`;
    case 'compare':
      return `${searchField(node.field)}${node.operator}${printValue(node.value)}`;
    case 'in':
      return `${searchField(node.field)} IN (${node.values.map(printValue).join(', ')})`;
    case 'term':
      return printValue(node.value);
    case 'subsearch':
      return `[${printPipeline(node.commands)}]`;
  }
}

function field(name: string): string {
  if (isPlain(name)) return name;
  return name.includes("'") ? quoteInEval(name) : `'${name}'`;
}

export function printExpression(node: Expression): string {
  const inside = (operand: Expression): string => {
    const text = printExpression(operand);
    return operand.kind === 'string' ||
      operand.kind === 'number' ||
      operand.kind === 'field' ||
      operand.kind === 'call'
      ? text
      : `(${text})`;
  };
  switch (node.kind) {
    case 'string':
      return quoteInEval(node.value);
    case 'number':
      return Number.isFinite(node.value) ? String(node.value) : '1e999';
    case 'field':
      return field(node.name);
    case 'and':
    case 'or':
    case 'xor':
      return node.operands.map(inside).join(` ${node.kind.toUpperCase()} `);
    case 'not':
      return `NOT ${inside(node.operand)}`;
    case 'negate':
      return `-${inside(node.operand)}`;
    case 'compare':
      return `${inside(node.left)} ${node.operator} ${inside(node.right)}`;
    case 'arithmetic':
      return [
        inside(node.first),
        ...node.rest.map(({ operator, operand }) => `${operator} ${inside(operand)}`),
      ].join(' ');
    case 'call':
      return `${node.name}(${node.args.map(printExpression).join(', ')})`;
  }
}

function printAggregate({ func, argument, as }: Aggregate): string {
  const name = ` as ${quote(as)}`;
  if (argument === null) return func + name;
  if ('kind' in argument) return `${func}(eval(${printExpression(argument)}))${name}`;
  return `${func}(${quote(argument.name)})${name}`;
}

const printBucket = ({ count, unit }: BucketSize): string => `${count}${unit ?? ''}`;

function printBy(by: readonly ByField[]): string {
  const fields = by.map(({ name, bucket }) =>
    bucket === null ? quote(name) : `${quote(name)} span=${printBucket(bucket)}`,
  );
  return by.length === 0 ? '' : `by ${fields.join(' ')}`;
}

const printGrouping = ({
  aggregates,
  by,
}: {
  readonly aggregates: readonly Aggregate[];
  readonly by: readonly ByField[];
}): string => join(aggregates.map(printAggregate).join(' '), printBy(by));

/** Always with a new name, because a name of its own need not be what stands there. */
const printRenaming = ({ field: name, as }: Renaming): string => `${quote(name)} as ${quote(as)}`;

const printSortKey = ({ field: name, isDescending, order }: SortKey): string =>
  `${isDescending ? '-' : '+'} ${order === 'auto' ? quote(name) : `${order}(${quote(name)})`}`;

function printCondition(name: string, condition: RowCondition | null): string {
  if (condition === null) return '';
  return condition.kind === 'terms'
    ? `${name}=(${printSearchExpression(condition.expression)})`
    : `${name}=eval(${printExpression(condition.expression)})`;
}

const where = (expression: SearchExpression): string =>
  expression.kind === 'all' ? '' : `where ${printSearchExpression(expression)}`;

export function printCommand(command: Command): string {
  switch (command.kind) {
    case 'search':
      return `search ${printSearchExpression(command.expression)}`;
    case 'where':
      return `where ${printExpression(command.expression)}`;
    case 'eval': {
      const assignments = command.assignments.map(
        ({ field: name, expression }) => `${field(name)} = ${printExpression(expression)}`,
      );
      return `eval ${assignments.join(', ')}`;
    }
    case 'stats':
    case 'eventstats':
      return `${command.kind} ${printGrouping(command)}`;
    case 'streamstats':
      return join(
        `streamstats current=${truth(command.isCurrent)} window=${command.window}`,
        `global=${truth(command.isGlobal)} reset_on_change=${truth(command.isResetOnChange)}`,
        printGrouping(command),
      );
    case 'tstats':
      return join(
        'tstats',
        command.fillNullValue === null ? '' : `fillnull_value=${quote(command.fillNullValue)}`,
        command.aggregates.map(printAggregate).join(' '),
        command.dataModel === null ? '' : `from datamodel=${quote(command.dataModel.name)}`,
        where(command.where),
        printBy(command.by),
      );
    case 'rename':
      return `rename ${command.renamings.map(printRenaming).join(', ')}`;
    case 'convert': {
      const conversions = command.conversions.map(({ field: name, as }) =>
        name === as ? `ctime(${quote(name)})` : `ctime(${quote(name)}) as ${quote(as)}`,
      );
      return `convert timeformat=${quote(command.timeFormat)} ${conversions.join(' ')}`;
    }
    case 'fillnull':
      return join(`fillnull value=${quote(command.value)}`, names(command.fields));
    case 'fields':
      return `fields ${command.isKeeping ? '+' : '-'} ${names(command.fields)}`;
    case 'table':
      return `table ${names(command.fields)}`;
    case 'sort':
      return `sort ${command.limit} ${command.keys.map(printSortKey).join(', ')}`;
    case 'reverse':
      return 'reverse';
    case 'head':
    case 'tail':
      return `${command.kind} ${command.limit}`;
    case 'dedup':
      return join(
        `dedup ${command.limit} ${names(command.fields)}`,
        `keepempty=${truth(command.isKeepingEmpty)} consecutive=${truth(command.isConsecutive)}`,
        command.sortBy.length === 0 ? '' : `sortby ${command.sortBy.map(printSortKey).join(', ')}`,
      );
    case 'rex':
      return `rex field=${quote(command.field)} max_match=${command.maxMatch} ${quote(command.pattern)}`;
    case 'sed':
      return `rex field=${quote(command.field)} mode=sed ${quote(command.script)}`;
    case 'regex':
      return `regex ${word(command.field)}${command.isNegated ? '!=' : '='}${quote(command.pattern)}`;
    case 'replace': {
      const replacements = command.replacements.map(
        ({ pattern, by }) => `${quote(pattern)} with ${quote(by)}`,
      );
      return join(
        `replace ${replacements.join(', ')}`,
        command.fields.length === 0 ? '' : `in ${names(command.fields)}`,
      );
    }
    case 'bin':
      return `bin ${quote(command.field)} as ${quote(command.as)} span=${printBucket(command.size)}`;
    case 'makemv': {
      const { kind, text } = command.separator;
      const separator = `${kind === 'delimiter' ? 'delim' : 'tokenizer'}=${quote(text)}`;
      return `makemv ${separator} allowempty=${truth(command.isKeepingEmpty)} ${quote(command.field)}`;
    }
    case 'mvexpand':
      return `mvexpand ${quote(command.field)} limit=${command.limit}`;
    case 'lookup':
      return join(
        `lookup ${quote(command.table.name)} ${command.inputs.map(printRenaming).join(' ')}`,
        command.outputs === null ? '' : command.isOverwriting ? 'OUTPUT' : 'OUTPUTNEW',
        (command.outputs ?? []).map(printRenaming).join(' '),
      );
    case 'inputlookup':
      return join(
        `inputlookup append=${truth(command.isAppending)} start=${command.start} max=${command.max}`,
        quote(command.table.name),
        where(command.where),
      );
    case 'join':
      return join(
        `join type=${command.isOuter ? 'left' : 'inner'} max=${command.max}`,
        `overwrite=${truth(command.isOverwriting)}`,
        names(command.fields),
        `[${printPipeline(command.subsearch)}]`,
      );
    case 'append':
      return `append [${printPipeline(command.subsearch)}]`;
    case 'appendpipe':
      return `appendpipe [${command.commands.map(printCommand).join(' | ')}]`;
    case 'spath':
      return join(
        `spath input=${quote(command.input)}`,
        command.output === null ? '' : `output=${quote(command.output)}`,
        command.path === null ? '' : `path=${quote(command.path)}`,
      );
    case 'xmlkv':
      return `xmlkv ${quote(command.field)}`;
    case 'transaction':
      return join(
        'transaction',
        names(command.fields),
        printCondition('startswith', command.startsWith),
        printCondition('endswith', command.endsWith),
        command.maxSpanSeconds === null ? '' : `maxspan=${command.maxSpanSeconds}s`,
        command.maxPauseSeconds === null ? '' : `maxpause=${command.maxPauseSeconds}s`,
        `maxevents=${command.maxEvents === 0 ? -1 : command.maxEvents}`,
        `keepevicted=${truth(command.isKeepingEvicted)} connected=${truth(command.isConnected)}`,
      );
    case 'makeresults':
      return `makeresults count=${command.count}`;
  }
}

/** The whole search: a leading search stands as it is, all other commands after a pipe. */
export function printPipeline(commands: Pipeline): string {
  return commands
    .map((command, index) => {
      const text = printCommand(command);
      return index === 0 && command.kind === 'search' ? text : `| ${text}`;
    })
    .join(' ');
}
