/** Reads conditions: `selection and not 1 of filter_*`. `not` binds first, then `and`, then `or`. */
import { failAt, type Place } from './error.ts';
import { combine, type Match, sizeOf } from './rule.ts';

const MAX_NESTING = 50;
const MAX_LENGTH = 10_000;
/** Of all selections that a condition names, each time that it names them: a search grows with it. */
const MAX_SIZE = 500_000;

const WORD = /[\w*.-]+|[()]|\S/gu;
const NAME = /^[\w.-]+$/;
const NAME_PATTERN = /^[\w*.-]+$/;

export type Selections = ReadonlyMap<string, Match>;

class ConditionReader {
  readonly #words: readonly string[];
  readonly #selections: Selections;
  readonly #place: Place;
  #position = 0;
  #size = 0;

  constructor(words: readonly string[], selections: Selections, place: Place) {
    this.#words = words;
    this.#selections = selections;
    this.#place = place;
  }

  read(): Match {
    const match = this.#readOr(0);
    const rest = this.#words[this.#position];
    return rest === undefined ? match : this.#fail(`"${rest}" cannot stand there in a condition.`);
  }

  #fail(message: string): never {
    return failAt(this.#place, message);
  }

  #isNext(keyword: string, ahead = 0): boolean {
    return this.#words[this.#position + ahead]?.toLowerCase() === keyword;
  }

  #take(keyword: string): boolean {
    if (!this.#isNext(keyword)) return false;
    this.#position += 1;
    return true;
  }

  #readOr(depth: number): Match {
    const operands = [this.#readAnd(depth)];
    while (this.#take('or')) operands.push(this.#readAnd(depth));
    return combine('or', operands);
  }

  #readAnd(depth: number): Match {
    const operands = [this.#readNot(depth)];
    while (this.#take('and')) operands.push(this.#readNot(depth));
    return combine('and', operands);
  }

  #readNot(depth: number): Match {
    let isNegated = false;
    while (this.#take('not')) isNegated = !isNegated;
    const operand = this.#readPrimary(depth);
    return isNegated ? { kind: 'not', operand } : operand;
  }

  #readPrimary(depth: number): Match {
    if (this.#take('(')) {
      if (depth >= MAX_NESTING) this.#fail(`Parentheses of a condition may nest ${MAX_NESTING} deep.`);
      const inner = this.#readOr(depth + 1);
      return this.#take(')') ? inner : this.#fail('A parenthesis of the condition is not closed.');
    }
    const word = this.#words[this.#position];
    if (word === undefined) return this.#fail('The condition ends too early.');
    if (this.#isNext('of', 1)) return this.#readQuantity(word);
    this.#position += 1;
    if (!NAME.test(word)) return this.#fail(`"${word}" cannot stand there in a condition.`);
    const selection = this.#selections.get(word);
    return selection === undefined
      ? this.#fail(`The condition names "${word}", which the detection does not have.`)
      : this.#count(selection);
  }

  #readQuantity(word: string): Match {
    const pattern = this.#words[this.#position + 2];
    this.#position += 3;
    const quantity = word.toLowerCase();
    if (quantity !== '1' && quantity !== 'any' && quantity !== 'all') {
      return this.#fail(`"${word} of" is not supported: write "1 of" or "all of".`);
    }
    if (pattern === undefined || !NAME_PATTERN.test(pattern)) {
      return this.#fail(`"${word} of" needs "them" or names of selections, such as selection_*.`);
    }
    const isNamed = pattern.toLowerCase() === 'them' ? () => true : nameTest(pattern);
    const found = [...this.#selections].filter(([name]) => !name.startsWith('_') && isNamed(name));
    if (found.length === 0) this.#fail(`No selection is named like "${pattern}".`);
    return combine(
      quantity === 'all' ? 'and' : 'or',
      found.map(([, match]) => this.#count(match)),
    );
  }

  #count(selection: Match): Match {
    this.#size += sizeOf(selection);
    return this.#size > MAX_SIZE ? this.#fail('The rule is too large: split it.') : selection;
  }
}

/** `*` in a pattern of names stands for any text. Taking the leftmost place for each piece is enough. */
function nameTest(pattern: string): (name: string) => boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (name) => name === pattern;
  return (name) => {
    const end = name.length - last.length;
    if (!name.startsWith(first) || !name.endsWith(last) || end < first.length) return false;
    let position = first.length;
    for (const piece of rest) {
      const found = name.indexOf(piece, position);
      if (found < 0 || found + piece.length > end) return false;
      position = found + piece.length;
    }
    return true;
  };
}

/** The tests that a condition asks for. Throws SigmaError for what is wrong or not supported in it. */
export function readCondition(text: string, selections: Selections, place: Place): Match {
  if (text.length > MAX_LENGTH) failAt(place, `A condition may be ${MAX_LENGTH} characters long.`);
  if (text.includes('|')) {
    failAt(
      place,
      'Aggregation after "|" is deprecated in Sigma and not supported: a correlation rule replaces it.',
    );
  }
  if (/\bnear\b/.test(text) && !selections.has('near')) {
    failAt(place, '"near" is deprecated in Sigma and not supported: a correlation rule replaces it.');
  }
  const words = text.match(WORD) ?? [];
  return new ConditionReader(words, selections, place).read();
}
