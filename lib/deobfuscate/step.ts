/** What was undone, in the words that the screen shows. */
export type DecodingMethod =
  | 'backticks'
  | 'carets'
  | 'quotes'
  | 'concatenation'
  | 'format'
  | 'character codes'
  | 'reversal'
  | 'base64'
  | 'compression'
  | 'replacement'
  | 'join'
  | 'index'
  | 'string method'
  | 'variable'
  | 'script text';

/**
 * One thing undone: what stood there and what it means, both cut to 200 UTF-16 units for showing.
 * `from` and `to` are UTF-16 offsets of `before` (uncut) in the text as it was before this step.
 */
export type DecodingStep = {
  readonly method: DecodingMethod;
  readonly before: string;
  readonly after: string;
  readonly from: number;
  readonly to: number;
};
