/**
 * JSON whose numbers come out as they went in: evidence keeps its digits, and sort values beyond 2^53 go back to the cluster
 * as it gave them. A key named `__proto__` is a key like others; a document that has one does not spoil its page.
 */

declare global {
  interface JSON {
    // https://tc39.es/proposal-json-parse-with-source/
    rawJSON(text: string): object;
  }
}

/** Numbers that a double may not give back to the digit. */
const INEXACT = /(?:":|[[,])\s*-?\d+(?:[.eE]|(?<=\d{16}))/;

/** Such numbers become objects that JSON.stringify writes as they stood. Throws SyntaxError. */
export function parseExact(text: string): unknown {
  return INEXACT.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return String(value) === context.source ? value : JSON.rawJSON(context.source);
}
