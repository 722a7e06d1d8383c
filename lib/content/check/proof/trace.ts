/** Walks over the commands of a search and notes what each filter demands of the events. */
import type { Aggregate, Command, FieldName, SearchExpression } from '#lib/spl/ast.ts';
import { searchCondition, toTerm, whereCondition } from './conditions.ts';
import { Fields } from './fields.ts';
import { type Lookups, lookupTerm, tableCondition } from './lookup.ts';
import { keyOf } from './solution.ts';
import {
  and,
  type Condition,
  constant,
  isPresent,
  NULL,
  not,
  OPAQUE,
  type Rex,
  type Stream,
  type Term,
} from './term.ts';
import { regexTest } from './tests-of.ts';

export type Demand = {
  readonly condition: Condition;
  /** The stream whose first command it stands in; null: it stands further back. */
  readonly leads: Stream | null;
  /** It helps that it holds, but the search does not say so: a by-field that is there. */
  readonly isSoft: boolean;
};

export type Trace = {
  readonly demands: readonly Demand[];
  readonly streams: readonly Stream[];
  /** What the events of a transaction are, in order: its start and its end. */
  readonly phases: readonly Condition[];
  /** Fields that make the groups of the first grouping. */
  readonly groupKeys: ReadonlySet<string>;
  /** Fields within whose values groups are compared with each other (eventstats). */
  readonly comparedKeys: ReadonlySet<string>;
};

/** Functions whose result is one of the values that went in, or all of them. */
const KEEPING = new Set('values list min max first last earliest latest sum avg mean mode median'.split(' '));

class Tracer {
  readonly demands: Demand[] = [];
  readonly streams: Stream[] = [];
  readonly phases: Condition[] = [];
  readonly groupKeys = new Set<string>();
  readonly comparedKeys = new Set<string>();
  readonly #lookups: Lookups;
  #rexCount = 0;

  constructor(lookups: Lookups) {
    this.#lookups = lookups;
  }

  #demand(condition: Condition, leads: Stream | null = null): void {
    // Each part of a conjunction is a term of its own, which can be broken.
    if (condition.kind === 'and') for (const part of condition.operands) this.#demand(part, leads);
    else if (condition.kind !== 'truth' || !condition.value) {
      this.demands.push({ condition, leads, isSoft: false });
    }
  }

  #hope(condition: Condition): void {
    this.demands.push({ condition, leads: null, isSoft: true });
  }

  #openStream(dataModel: string | null): Fields {
    const stream: Stream = { id: this.streams.length, dataModel, fields: new Set() };
    this.streams.push(stream);
    return new Fields({ stream, isOpen: true, groupedBy: null });
  }

  /** @returns the fields of the rows that the commands give */
  follow(commands: readonly Command[]): Fields {
    const [first, ...rest] = commands;
    let fields = this.#start(first);
    for (const command of rest) fields = this.#step(command, fields);
    return fields;
  }

  #start(first: Command | undefined): Fields {
    if (first?.kind === 'inputlookup' || first?.kind === 'makeresults') {
      const fields = new Fields({ stream: null, isOpen: false, groupedBy: null });
      fields.addUnknown();
      return fields;
    }
    if (first?.kind === 'tstats') {
      const events = this.#openStream(first.dataModel?.name ?? null);
      this.#demand(this.#searchCondition(first.where, events), events.origin.stream);
      return this.#group(events, first.aggregates, first.by);
    }
    const events = this.#openStream(null);
    if (first?.kind !== 'search') return first === undefined ? events : this.#step(first, events);
    this.#demand(this.#searchCondition(first.expression, events), events.origin.stream);
    return events;
  }

  #searchCondition(expression: SearchExpression, fields: Fields): Condition {
    return searchCondition(expression, fields, (commands) => {
      const table = tableCondition(commands, fields, this.#lookups);
      if (table !== null) return table;
      const right = this.follow(commands);
      const names = [...right.entries()].map(([name]) => name).filter((name) => fields.has(name));
      return and(names.map((name) => ({ kind: 'same', left: fields.get(name), right: right.get(name) })));
    });
  }

  /** Commands that are not here hand on their rows, or change them in a way that the run has to bear. */
  #step(command: Command, before: Fields): Fields {
    const fields = before.copy();
    switch (command.kind) {
      case 'search':
        this.#demand(this.#searchCondition(command.expression, fields));
        break;
      case 'where':
        this.#demand(whereCondition(command.expression, fields));
        break;
      case 'regex': {
        const test = regexTest(command.pattern);
        const condition: Condition = { kind: 'test', term: fields.get(command.field), test };
        this.#demand(command.isNegated ? not(condition) : condition);
        break;
      }
      case 'eval':
        for (const { field, expression } of command.assignments)
          fields.set(field, toTerm(expression, fields));
        break;
      case 'rex':
        this.#capture(command.pattern, command.field, fields);
        break;
      case 'stats':
        return this.#group(fields, command.aggregates, command.by);
      case 'eventstats':
      case 'streamstats':
        this.#addStatistics(fields, command.aggregates, command.by);
        break;
      case 'table':
        return fields.only(command.fields.map(({ name }) => name));
      case 'rename':
        for (const { field, as } of command.renamings) fields.rename(field, as);
        break;
      case 'fillnull':
        fillNull(fields, command.fields, command.value);
        break;
      case 'lookup':
        this.#lookUp(command, fields);
        break;
      case 'join':
        this.#join(command, fields);
        break;
      case 'spath':
      case 'xmlkv':
        fields.addUnknown();
        break;
      case 'dedup':
        for (const { name } of command.fields) fields.get(name);
        break;
      case 'transaction':
        for (const { name } of command.fields) fields.get(name);
        for (const one of [command.startsWith, command.endsWith]) {
          if (one === null) continue;
          const isTerms = one.kind === 'terms';
          this.phases.push(
            isTerms ? searchCondition(one.expression, fields) : whereCondition(one.expression, fields),
          );
        }
        for (const name of ['duration', 'eventcount']) fields.set(name, OPAQUE);
        break;
      default:
        break;
    }
    return fields;
  }

  #capture(pattern: string, field: string, fields: Fields): void {
    const rex: Rex = { id: this.#rexCount++, pattern, input: fields.get(field) };
    const groups = [...pattern.matchAll(/\(\?P?<(\w+)>/g)].map(([, name]) => name ?? '');
    for (const group of groups) fields.set(group, { kind: 'capture', rex, group });
    const [first] = groups;
    if (first !== undefined) this.#hope(isPresent(fields.get(first)));
  }

  #lookUp(command: Command & { readonly kind: 'lookup' }, fields: Fields): void {
    const table = this.#lookups.get(command.table.name);
    if (table === undefined) return;
    const inputs = command.inputs.map(({ field, as }) => ({ column: field, term: fields.get(as) }));
    const used = new Set(command.inputs.map(({ field }) => field));
    const all = table.columns.filter((column) => !used.has(column)).map((field) => ({ field, as: field }));
    for (const { field, as } of command.outputs ?? all) {
      const found = lookupTerm(table, inputs, field);
      const known = fields.has(as) && !command.isOverwriting ? fields.get(as) : null;
      fields.set(as, known ?? found);
    }
  }

  #join(command: Command & { readonly kind: 'join' }, fields: Fields): void {
    const right = this.follow(command.subsearch);
    const keys = new Set(command.fields.map(({ name }) => name));
    if (keys.size === 0) {
      for (const [name] of right.entries()) if (fields.has(name)) keys.add(name);
    }
    for (const name of keys) {
      const same: Condition = { kind: 'same', left: fields.get(name), right: right.get(name) };
      if (command.isOuter) this.#hope(same);
      else this.#demand(same);
    }
    for (const [name, term] of right.entries()) {
      if (!keys.has(name) && (command.isOverwriting || !fields.has(name))) fields.set(name, term);
    }
  }

  #addStatistics(fields: Fields, aggregates: readonly Aggregate[], by: readonly FieldName[]): void {
    const groupedBy = new Map(by.map(({ name }) => [name, fields.get(name)]));
    for (const term of groupedBy.values()) {
      const key = keyOf(term);
      if (key !== null) this.comparedKeys.add(key);
    }
    const terms = aggregates.map((one) => [one.as, this.#aggregate(one, fields, groupedBy)] as const);
    for (const [name, term] of terms) fields.set(name, term);
  }

  #group(fields: Fields, aggregates: readonly Aggregate[], by: readonly FieldName[]): Fields {
    const groupedBy = new Map(by.map(({ name }) => [name, fields.get(name)]));
    for (const term of groupedBy.values()) {
      if (term.kind !== 'field') this.#hope(isPresent(term));
      const key = keyOf(term);
      if (key !== null && fields.origin.groupedBy === null) this.groupKeys.add(key);
    }
    const columns = new Map<string, Term>(groupedBy);
    for (const one of aggregates) {
      if (one.as !== '*') columns.set(one.as, this.#aggregate(one, fields, groupedBy));
      // latest(*) as *: all other fields stay.
      else for (const [name, term] of fields.entries()) if (!columns.has(name)) columns.set(name, term);
    }
    return new Fields({ stream: fields.origin.stream, isOpen: false, groupedBy }, columns);
  }

  #aggregate({ argument, func }: Aggregate, fields: Fields, by: ReadonlyMap<string, Term>): Term {
    const { stream, groupedBy } = fields.origin;
    const isEval = argument !== null && 'kind' in argument;
    let term = NULL;
    if (argument !== null) term = isEval ? toTerm(argument, fields) : fields.get(argument.name);
    const when = isEval ? whereCondition(argument, fields) : null;
    if (KEEPING.has(func)) return { kind: 'call', name: func, args: [term] };
    if (stream === null) return OPAQUE;
    switch (func) {
      case 'count':
      case 'c': {
        const kept = new Set(by.values());
        // Of rows that are groups those are counted that differ in a by-field which is none here.
        const distinct = groupedBy === null ? null : [...groupedBy.values()].filter((one) => !kept.has(one));
        return { kind: 'count', stream, distinct, when };
      }
      case 'dc':
      case 'distinct_count':
      case 'estdc':
        return { kind: 'count', stream, distinct: [term], when: null };
      default:
        return OPAQUE;
    }
  }
}

function fillNull(fields: Fields, names: readonly FieldName[], value: string): void {
  for (const { name } of names) {
    if (name.includes('*')) continue;
    const term = fields.get(name);
    const branches = [
      { when: isPresent(term), value: term },
      { when: { kind: 'null', term } as const, value: constant(value) },
    ];
    fields.set(name, { kind: 'choice', branches: () => branches });
  }
}

export function traceSearch(commands: readonly Command[], lookups: Lookups): Trace {
  const tracer = new Tracer(lookups);
  tracer.follow(commands);
  return tracer;
}
