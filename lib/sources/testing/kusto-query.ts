/**
 * Evaluates the queries in KQL that tests send to the Kusto server of tests, as the Kusto query language reference says
 * (learn.microsoft.com/kusto/query): where, extend, take, summarize with count(), print; the operators and functions below;
 * everything else is refused, as is `has`, which looks up terms. Shares nothing with the compiler.
 */

export type KustoRow = {
  readonly cells: Readonly<Record<string, unknown>>;
  /** When it came in; null where a service does not say it. */
  readonly ingested: string | null;
};
export type KustoTableData = {
  /** Types by column: string, int, long, datetime, dynamic. */
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: KustoRow[];
};
export type KustoResult = {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
};

/** A query that Kusto refuses; the message is as it words it. */
export class SemanticError extends Error {}

type Value = string | number | bigint | boolean | object | null;
type Working = { readonly cells: Record<string, unknown>; readonly ingested: string | null };
type Evaluate = (row: Working) => Value;

export function runKusto(query: string, tables: ReadonlyMap<string, KustoTableData>): KustoResult {
  const [source = '', ...operators] = query.split(/\n\| /);
  if (source.startsWith('print ')) return printed(source);
  const table = tables.get(source.trim());
  if (!table)
    throw new SemanticError(
      `'where' operator: Failed to resolve table or column expression named '${source.trim()}'`,
    );
  const columns: Record<string, string> = { ...table.columns };
  let rows: Working[] = table.rows.map(({ cells, ingested }) => ({ cells: { ...cells }, ingested }));
  for (const operator of operators) {
    const [name = ''] = operator.split(' ', 1);
    const rest = operator.slice(name.length).trim();
    if (name === 'where') {
      const holds = new Parser(rest, columns).whole();
      rows = rows.filter((row) => holds(row) === true);
    } else if (name === 'extend') {
      const [, column = '', expression = ''] = /^(\w+) = (.*)$/s.exec(rest) ?? [];
      const value = new Parser(expression, columns).whole();
      rows = rows.map((row) => ({ ...row, cells: { ...row.cells, [column]: value(row) } }));
      columns[column] = 'datetime';
    } else if (name === 'take') {
      rows = rows.slice(0, Number(rest));
    } else if (rest === 'Rows = count()' && name === 'summarize') {
      return { columns: [{ name: 'Rows', type: 'long' }], rows: [[rows.length]] };
    } else {
      throw new SemanticError(`The server of tests does not know the operator ${name}`);
    }
  }
  return {
    columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
    rows: rows.map(({ cells }) => Object.keys(columns).map((name) => cells[name] ?? null)),
  };
}

function printed(source: string): KustoResult {
  const [, name = '', value = ''] = /^print (\w+) = (\d+)$/.exec(source) ?? [];
  if (name === '') throw new SemanticError('The server of tests prints one number');
  return { columns: [{ name, type: 'long' }], rows: [[Number(value)]] };
}

const TOKEN = /\s*(datetime\([^)]*\)|"(?:[^"\\]|\\.)*"|\d+|[A-Za-z_]\w*|=~|==|!=|>=|<=|[()<>,])/y;

class Parser {
  readonly #tokens: string[] = [];
  readonly #columns: Readonly<Record<string, string>>;
  #at = 0;

  constructor(text: string, columns: Readonly<Record<string, string>>) {
    this.#columns = columns;
    TOKEN.lastIndex = 0;
    for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) this.#tokens.push(match[1] ?? '');
    if (this.#tokens.join('').replace(/\s/g, '') !== text.replace(/\s/g, ''))
      throw new SemanticError(`Syntax error in: ${text}`);
  }

  whole(): Evaluate {
    const value = this.#or();
    if (this.#at < this.#tokens.length) throw new SemanticError(`Syntax error at ${this.#tokens[this.#at]}`);
    return value;
  }

  #or(): Evaluate {
    const operands = [this.#and()];
    while (this.#take('or')) operands.push(this.#and());
    return operands.length === 1
      ? (operands[0] as Evaluate)
      : (row) => operands.some((one) => one(row) === true);
  }

  #and(): Evaluate {
    const operands = [this.#comparison()];
    while (this.#take('and')) operands.push(this.#comparison());
    return operands.length === 1
      ? (operands[0] as Evaluate)
      : (row) => operands.every((one) => one(row) === true);
  }

  #comparison(): Evaluate {
    const left = this.#primary();
    const operator = this.#tokens[this.#at] ?? '';
    const compare = COMPARISONS[operator];
    if (!compare) return left;
    this.#at += 1;
    const right = this.#primary();
    return (row) => compare(left(row), right(row));
  }

  #primary(): Evaluate {
    const token = this.#tokens[this.#at++] ?? '';
    if (token === '(') {
      const inner = this.#or();
      this.#expect(')');
      return inner;
    }
    if (token.startsWith('datetime(')) return constant(token.slice(9, -1));
    if (token.startsWith('"')) return constant(unescaped(token.slice(1, -1)));
    if (/^\d+$/.test(token)) return constant(Number(token));
    if (this.#take('(')) return this.#call(token);
    if (!/^[A-Za-z_]\w*$/.test(token)) throw new SemanticError(`Syntax error at ${token}`);
    if (!(token in this.#columns))
      throw new SemanticError(
        `'where' operator: Failed to resolve column or scalar expression named '${token}'`,
      );
    return (row) => (row.cells[token] ?? null) as Value;
  }

  #call(name: string): Evaluate {
    const args: Evaluate[] = [];
    if (!this.#take(')')) {
      do args.push(this.#or());
      while (this.#take(','));
      this.#expect(')');
    }
    const [first = constant(null), second = constant(null)] = args;
    switch (name) {
      case 'ingestion_time':
        return (row) => row.ingested;
      case 'tostring':
        return (row) => textOf(first(row));
      case 'strcat':
        return (row) => args.map((arg) => textOf(arg(row))).join('');
      case 'coalesce':
        return (row) => args.map((arg) => arg(row)).find((value) => value !== null) ?? null;
      case 'isempty':
        return (row) => textOf(first(row)) === '';
      case 'column_ifexists':
        return (row) => {
          const column = textOf(first(row));
          return column in this.#columns ? ((row.cells[column] ?? null) as Value) : second(row);
        };
      default:
        throw new SemanticError(`Unknown function: '${name}'.`);
    }
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw new SemanticError(`Syntax error: expected ${token}`);
  }
}

const constant =
  (value: Value): Evaluate =>
  () =>
    value;

const COMPARISONS: Readonly<Record<string, (left: Value, right: Value) => boolean>> = {
  '==': (left, right) => left === right,
  '=~': (left, right) => textOf(left).toLowerCase() === textOf(right).toLowerCase(),
  contains: (left, right) => {
    if (typeof left === 'object' && left !== null) throw new SemanticError('contains takes a string');
    return textOf(left).toLowerCase().includes(textOf(right).toLowerCase());
  },
  '>=': (left, right) => left !== null && ticks(left) >= ticks(right),
  '<': (left, right) => left !== null && ticks(left) < ticks(right),
};

const textOf = (value: Value): string =>
  value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

const unescaped = (text: string): string => text.replace(/\\(.)/g, '$1');

/** A time of 7 digits, in units of 100 ns. */
function ticks(value: Value): bigint {
  const [, whole = '', digits = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(String(value)) ?? [];
  return BigInt(Date.parse(`${whole}Z`)) * 10_000n + BigInt(digits.padEnd(7, '0').slice(0, 7));
}
