/** The modifiers that make several texts out of one, or encode it. */
import { mapText, normalize, plainText } from './pattern.ts';
import type { Pattern } from './rule.ts';

/** What may stand for the dash of an option on a Windows command line. */
const DASHES = ['-', '/', '\u2013', '\u2014', '\u2015'];
/** A dash before a word that does not follow one: the second dash of -param-name stays. */
const OPTION_DASH = /\B[-/\u2013\u2014\u2015]\b/g;

/** `windash`: every choice of dashes; null when there are more than `limit`. */
export function dashForms(pattern: Pattern, limit: number): Pattern[] | null {
  let forms: Pattern[] = [[]];
  for (const part of pattern) {
    const pieces = 'text' in part ? part.text.split(OPTION_DASH) : null;
    for (const [index, piece] of (pieces ?? ['']).entries()) {
      if (index > 0) forms = forms.flatMap((form) => DASHES.map((dash) => [...form, { text: dash }]));
      if (forms.length > limit) return null;
      forms = forms.map((form) => [...form, pieces === null ? part : { text: piece }]);
    }
  }
  return forms.map(normalize);
}

/** A text as Sigma's modifiers pass it on: its characters, or bytes that an encoding made (each one character). */
export type Form = { readonly pattern: Pattern; readonly isBytes: boolean };

const UTF16 = { utf16le: '', wide: '', utf16: '\u00ff\u00fe' } as const;

/** `utf16le`, its other name `wide`, `utf16` (with a byte order mark) and `utf16be`. */
export function toUtf16(form: Form, encoding: 'utf16le' | 'utf16be' | 'utf16' | 'wide'): Form {
  const encode = (text: string): string => {
    const bytes = Buffer.from(text, 'utf16le');
    return (encoding === 'utf16be' ? bytes.swap16() : bytes).toString('latin1');
  };
  const pattern = mapText(form.pattern, encode);
  const mark = encoding === 'utf16be' ? '' : UTF16[encoding];
  return { isBytes: true, pattern: mark === '' ? pattern : [{ text: mark }, ...pattern] };
}

/** The bytes of a form; null when it has wildcards, which no encoding keeps. */
function bytesOf(form: Form): Buffer | null {
  const text = plainText(form.pattern);
  return text === null ? null : Buffer.from(text, form.isBytes ? 'latin1' : 'utf8');
}

export function toBase64(form: Form): Form | null {
  const bytes = bytesOf(form);
  return bytes === null ? null : { isBytes: false, pattern: [{ text: bytes.toString('base64') }] };
}

/**
 * `base64offset`: what a text leaves in Base64 of a longer one, where it begins at the first, second or third byte of
 * a group of three. Characters that also depend on the bytes around it are left out; null when none is left, or for a
 * text with wildcards.
 */
export function base64Offsets(form: Form): Form[] | null {
  const bytes = bytesOf(form);
  if (bytes === null) return null;
  const texts = [0, 2, 3].map((start, offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const isPartial = (offset + bytes.length) % 3 !== 0;
    return encoded.slice(start, isPartial ? -1 : undefined);
  });
  return texts.includes('') ? null : texts.map((text) => ({ isBytes: false, pattern: [{ text }] }));
}
