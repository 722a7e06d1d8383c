/** Reads one item of a selection, `Field|modifier|modifier: value or list of values`, to the tests that it asks for. */
import { isIPv4, isIPv6 } from 'node:net';
import { base64Offsets, dashForms, type Form, toBase64, toUtf16 } from './encodings.ts';
import { failAt, type Place } from './error.ts';
import { open, readPattern } from './pattern.ts';
import { combine, type FieldTest, type Match, type Test } from './rule.ts';

/** A value in YAML; a number with its digits as written. */
export type SigmaValue = string | boolean | null | { readonly digits: string };
export type PlacedValue = { readonly value: SigmaValue; readonly place: Place };

const MAX_DASH_FORMS = 625;
const MAX_VALUE_LENGTH = 4_000;

const ORDERS = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;
const FLAGS = { i: 'i', ignorecase: 'i', m: 'm', multiline: 'm', s: 's', dotall: 's' } as const;
const TEXT_MODIFIERS = [
  'contains',
  'startswith',
  'endswith',
  'windash',
  'base64',
  'base64offset',
  'utf16le',
  'utf16be',
  'utf16',
  'wide',
  'cased',
] as const;
type TextModifier = (typeof TEXT_MODIFIERS)[number];
const TYPES = ['re', 'cidr', 'exists', 'fieldref', 'lt', 'lte', 'gt', 'gte'] as const;
type TypeModifier = (typeof TYPES)[number];

const REFUSED: Readonly<Record<string, string>> = {
  expand: 'its placeholders are filled by the tool that it was written for: write the values in their place',
  ...Object.fromEntries(
    ['minute', 'hour', 'day', 'week', 'month', 'year'].map((part) => [
      part,
      'parts of times are not compared here',
    ]),
  ),
};

type Modifiers = {
  readonly type: TypeModifier | null;
  readonly text: readonly TextModifier[];
  readonly flags: string;
  readonly isAll: boolean;
  readonly isNegated: boolean;
};

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return names.some((one) => one === name);
}

function readModifiers(names: readonly string[], place: Place): Modifiers {
  const types: TypeModifier[] = [];
  const text: TextModifier[] = [];
  let flags = '';
  for (const name of names) {
    const reason = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
    if (reason !== undefined) failAt(place, `The modifier "${name}" is not supported: ${reason}.`);
    if (isOneOf(TYPES, name)) types.push(name);
    else if (isOneOf(TEXT_MODIFIERS, name)) text.push(name);
    else if (Object.hasOwn(FLAGS, name)) flags += FLAGS[name as keyof typeof FLAGS];
    else if (name !== 'all' && name !== 'neq') failAt(place, `There is no modifier "${name}".`);
  }
  const [type = null, second] = types;
  if (second !== undefined) failAt(place, `The modifiers "${type}" and "${second}" exclude each other.`);
  if (flags !== '' && type !== 're') failAt(place, 'The modifiers i, m and s belong to "re".');
  const misfit = text.find((name) => type !== null && !(type === 'fieldref' && name === 'cased'));
  if (misfit !== undefined) failAt(place, `The modifiers "${type}" and "${misfit}" do not go together.`);
  return {
    type,
    text,
    flags: [...new Set(flags)].join(''),
    isAll: names.includes('all'),
    isNegated: names.includes('neq'),
  };
}

/** A number or a truth value as the text that events hold. */
function textOf({ value, place }: PlacedValue): string {
  if (typeof value === 'string') {
    return value.length <= MAX_VALUE_LENGTH
      ? value
      : failAt(place, `A value may be ${MAX_VALUE_LENGTH} characters long.`);
  }
  if (value === null) return failAt(place, 'null takes no modifier.');
  return typeof value === 'boolean' ? String(value) : value.digits;
}

function readTexts(value: PlacedValue, modifiers: readonly TextModifier[]): Test[] {
  const fail = (message: string): never => failAt(value.place, message);
  let forms: readonly Form[] = [{ pattern: readPattern(textOf(value)), isBytes: false }];
  const change = (apply: (form: Form) => readonly Form[] | null, mistake: string): void => {
    forms = forms.flatMap((form) => apply(form) ?? fail(mistake));
  };
  const openTo = (sides: 'both' | 'before' | 'after'): void => {
    forms = forms.map((form) => ({ ...form, pattern: open(form.pattern, sides) }));
  };
  for (const modifier of modifiers) {
    switch (modifier) {
      case 'contains':
        openTo('both');
        break;
      case 'startswith':
        openTo('after');
        break;
      case 'endswith':
        openTo('before');
        break;
      case 'windash':
        change(
          (form) => dashForms(form.pattern, MAX_DASH_FORMS)?.map((pattern) => ({ ...form, pattern })) ?? null,
          `The modifier "windash" makes more than ${MAX_DASH_FORMS} texts of this value.`,
        );
        break;
      case 'base64':
        change((form) => {
          const encoded = toBase64(form);
          return encoded === null ? null : [encoded];
        }, 'A value with wildcards has no Base64 form.');
        break;
      case 'base64offset':
        change(
          base64Offsets,
          'A value with wildcards, or of one or two characters, has no Base64 form to look for.',
        );
        break;
      case 'utf16le':
      case 'utf16be':
      case 'utf16':
      case 'wide':
        forms = forms.map((form) => toUtf16(form, modifier));
        break;
      case 'cased':
        break;
    }
  }
  const isCased = modifiers.includes('cased');
  return forms.map(({ pattern }) => ({ kind: 'pattern', pattern, isCased }));
}

function readNetwork(text: string): string | null {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = isIPv4(address) ? 32 : isIPv6(address) && !address.includes('%') ? 128 : null;
  if (bits === null || rest.length > 0) return null;
  if (prefix === undefined) return `${address}/${bits}`;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits ? text : null;
}

function readNumber({ value, place }: PlacedValue): string {
  const digits = typeof value === 'object' && value !== null ? value.digits : value;
  return typeof digits === 'string' && /^-?\d+(?:\.\d+)?$/.test(digits)
    ? digits
    : failAt(place, 'A number is expected here.');
}

/** What a search cannot write in the name of a field. */
function checkFieldName(name: string, place: Place): void {
  if (name === '') failAt(place, 'The name of a field is expected here.');
  if (/[*'"`]|\p{Cc}/u.test(name))
    failAt(place, 'A field name with quotes, wildcards or control characters is not supported.');
}

function readTyped(value: PlacedValue, type: TypeModifier, modifiers: Modifiers): Test {
  const { place } = value;
  switch (type) {
    case 're': {
      const regex = textOf(value);
      return regex === ''
        ? failAt(place, 'The regular expression is empty.')
        : { kind: 'regex', regex, flags: modifiers.flags };
    }
    case 'cidr': {
      const network = readNetwork(textOf(value));
      return network === null
        ? failAt(place, 'An IP network is expected here, such as 10.0.0.0/8.')
        : { kind: 'network', network };
    }
    case 'exists':
      return typeof value.value === 'boolean'
        ? { kind: 'exists', isExpected: value.value }
        : failAt(place, 'The modifier "exists" takes true or false.');
    case 'fieldref': {
      const field = textOf(value);
      checkFieldName(field, place);
      return { kind: 'same-as', field, isCased: modifiers.text.includes('cased') };
    }
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return { kind: 'order', operator: ORDERS[type], number: readNumber(value) };
  }
}

function readTests(value: PlacedValue, modifiers: Modifiers): Test[] {
  if (modifiers.type !== null) return [readTyped(value, modifiers.type, modifiers)];
  const isNull = value.value === null && modifiers.text.length === 0;
  return isNull ? [{ kind: 'exists', isExpected: false }] : readTexts(value, modifiers.text);
}

const KEYWORD_TESTS: readonly Test['kind'][] = ['pattern', 'regex'];

/** Several values are alternatives, with the modifier `all` demands. An item without a field is about the whole event. */
export function readItem(key: string, values: readonly PlacedValue[], place: Place): Match {
  const [name = '', ...modifierNames] = key.split('|');
  const field = name === '' ? null : name;
  if (field === null && modifierNames.length === 0) failAt(place, 'A field has no name.');
  return readValues(field, modifierNames, values, place);
}

export function readKeywords(values: readonly PlacedValue[], place: Place): Match {
  return readValues(null, [], values, place);
}

function readValues(
  field: string | null,
  modifierNames: readonly string[],
  values: readonly PlacedValue[],
  place: Place,
): Match {
  const modifiers = readModifiers(modifierNames, place);
  if (field !== null) checkFieldName(field, place);
  if (values.length === 0) failAt(place, 'There is no value here.');
  const operands = values.map((value) => {
    const tests = readTests(value, modifiers).map((test): FieldTest => {
      if (field === null && !KEYWORD_TESTS.includes(test.kind)) {
        failAt(value.place, 'A keyword is text to look for in the whole event: this needs a field.');
      }
      return { kind: 'test', field, test };
    });
    return combine('or', tests);
  });
  const match = combine(modifiers.isAll ? 'and' : 'or', operands);
  return modifiers.isNegated ? { kind: 'not', operand: match } : match;
}
