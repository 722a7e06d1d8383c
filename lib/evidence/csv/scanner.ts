const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;

type State = 'cell-start' | 'plain' | 'quoted' | 'quote' | 'quote-return';

/**
 * Finds the end of one record of a table in code units, each looked at once: the line feed that is in no quoted cell. It
 * understands quotes as parseRow does.
 */
export class RowScanner {
  /** Code units from the record's start that were looked at; its length once it is closed. */
  length = 0;
  isClosed = false;
  /** Units up to the end of the record's first line, -1 while that is not seen. */
  firstLine = -1;
  #state: State = 'cell-start';
  readonly #delimiter: number;

  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  begin(): void {
    this.length = 0;
    this.isClosed = false;
    this.firstLine = -1;
    this.#state = 'cell-start';
  }

  /** Whether what was looked at ends inside a quoted cell. */
  get isOpen(): boolean {
    return this.#state === 'quoted';
  }

  /** Looks at the units that follow; stops after the line feed that ends the record. */
  feed(units: Uint8Array): void {
    const delimiter = this.#delimiter;
    let state = this.#state;
    let at = 0;
    while (at < units.length) {
      if (state === 'quoted') {
        const quote = units.indexOf(QUOTE, at);
        const end = quote < 0 ? units.length : quote;
        if (this.firstLine < 0) this.#findFirstLine(units, at, end);
        at = quote < 0 ? end : end + 1;
        if (quote >= 0) state = 'quote';
        continue;
      }
      const unit = units[at] ?? 0;
      at += 1;
      const isAfterQuote = state === 'quote' || state === 'quote-return';
      if (unit === LINE_FEED) {
        this.isClosed = true;
        if (this.firstLine < 0) this.firstLine = this.length + at;
        break;
      }
      if (unit === delimiter && state !== 'quote-return') state = 'cell-start';
      else if (state === 'cell-start') state = unit === QUOTE ? 'quoted' : 'plain';
      else if (state === 'quote' && unit === CARRIAGE_RETURN) state = 'quote-return';
      // Of two quotes, of which the first might have ended the cell, the second may end it.
      else if (state === 'quote-return' && unit === QUOTE) state = 'quote';
      else if (isAfterQuote) state = 'quoted';
    }
    this.#state = state;
    this.length += at;
  }

  #findFirstLine(units: Uint8Array, from: number, end: number): void {
    const line = units.subarray(from, end).indexOf(LINE_FEED);
    if (line >= 0) this.firstLine = this.length + from + line + 1;
  }
}
