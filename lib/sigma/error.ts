/** Why a Sigma rule cannot be read or run here, and where in its YAML: lines and columns count from 1. */
export class SigmaError extends Error {
  override readonly name = 'SigmaError';
  readonly line: number;
  readonly column: number;
  /** Path of the field, such as `detection.selection.Image|endswith`; empty for the whole file. */
  readonly field: string;
  constructor(message: string, place: Place) {
    super(message);
    this.line = place.line;
    this.column = place.column;
    this.field = place.field;
  }
}

/** A place in the YAML of a rule. */
export type Place = { readonly line: number; readonly column: number; readonly field: string };

export function failAt(place: Place, message: string): never {
  throw new SigmaError(message, place);
}
