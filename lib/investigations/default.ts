/** The investigation that exists from the start; the first migration makes it. */
export const DEFAULT_INVESTIGATION = 'default';
