import { calculate } from './operators.ts';
import { recordOperands, recordText, type State } from './state.ts';
import { itemsOf, lengthOf, toText, type Value } from './value.ts';

/** So many operands are put together at a time, so that memory does not grow with the sum. */
const MOST_OPERANDS = 65_536;

/**
 * A sum in PowerShell: strings are put together, numbers added, lists appended. Constants next to each other
 * are put together even when an unknown stands before them, for then it is a string in all but freak cases.
 */
export class Sum {
  readonly #state: State;
  /** The constants that wait to be put together, and their place. */
  #run: Value[] = [];
  #from: number;
  #to: number;
  #isKnown: boolean;

  constructor(state: State, from: number, first: Value | null) {
    this.#state = state;
    this.#from = from;
    this.#to = state.at;
    this.#isKnown = first !== null;
    if (first !== null) {
      this.#run = [first];
    }
  }

  /** Adds the operand that begins at `from` and ends where the state stands. */
  add(operator: string, value: Value | null, from: number): void {
    const last = this.#run[this.#run.length - 1];
    if (value !== null && last !== undefined && this.#run.length === 1 && last.kind !== 'text') {
      this.#addToOther(operator, last, value);
    } else if (operator === '+' && value !== null && toText(value) !== null) {
      this.#addText(value, from);
    } else {
      this.#end(null);
    }
    this.#to = this.#state.at;
  }

  finish(): Value | null {
    const value = this.#putTogether();
    if (this.#isKnown) {
      return value;
    }
    this.#state.grammar.offer(this.#state, value, this.#from, this.#to);
    return null;
  }

  #addToOther(operator: string, left: Value, right: Value): void {
    const items = operator === '+' && left.kind !== 'number' ? itemsOf(right) : null;
    const own = items === null ? null : itemsOf(left);
    if (left.kind === 'number' && right.kind === 'number') {
      const sum = calculate(operator, left, right);
      this.#end(sum);
    } else if (own !== null && items !== null && this.#state.fuel.take(own.length + items.length)) {
      this.#run = [{ kind: 'list', items: [...own, ...items] }];
    } else {
      this.#end(null);
    }
  }

  #addText(value: Value, from: number): void {
    if (this.#run.length === 0) {
      this.#from = from;
    } else if (this.#run.length >= MOST_OPERANDS) {
      const soFar = this.#putTogether();
      this.#run = soFar === null ? [] : [soFar];
      if (soFar === null) {
        this.#isKnown = false;
        this.#from = from;
      }
    }
    this.#run.push(value);
  }

  /** Goes on with `next`, or with nothing known. */
  #end(next: Value | null): void {
    if (next === null) {
      this.#state.grammar.offer(this.#state, this.#putTogether(), this.#from, this.#to);
      this.#isKnown = false;
    }
    this.#run = next === null ? [] : [next];
  }

  #putTogether(): Value | null {
    const run = this.#run;
    if (run.length < 2) {
      return run[0] ?? null;
    }
    recordOperands(this.#state, this.#from, this.#to, run, (texts) => texts.join('+'));
    const length = run.reduce((sum, value) => sum + lengthOf(value), 0);
    return this.#state.fuel.take(length)
      ? recordText(this.#state, this.#from, this.#to, run.map(toText).join(''), 'concatenation')
      : null;
  }
}
