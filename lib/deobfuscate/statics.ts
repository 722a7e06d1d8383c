/** Casts and static members of .NET types on constants. Type names come in lower case without `system.`. */
import { decodeBase64 } from './base64.ts';
import type { Fuel } from './limits.ts';
import { made, type Outcome, silent } from './methods.ts';
import { formatText, joinText, replacePattern, splitPattern } from './operators.ts';
import {
  type EncodingName,
  itemsOf,
  lengthOf,
  madeText,
  numberValue,
  textValue,
  toNumber,
  toText,
  type Value,
} from './value.ts';

const ENCODINGS: Readonly<Record<string, EncodingName>> = {
  unicode: 'utf-16le',
  'utf-16': 'utf-16le',
  'utf-16le': 'utf-16le',
  '1200': 'utf-16le',
  bigendianunicode: 'utf-16be',
  utf8: 'utf-8',
  'utf-8': 'utf-8',
  '65001': 'utf-8',
  ascii: 'utf-8',
  default: 'utf-8',
  utf7: 'utf-8',
};

const INTEGER_TYPES = new Set(
  ['int', 'byte', 'sbyte', 'long', 'short', 'uint', 'ushort', 'ulong'].concat([
    'int16',
    'int32',
    'int64',
    'uint16',
    'uint32',
    'uint64',
  ]),
);

/** `[type]::name` that is no call. */
export function readStatic(type: string, name: string): Value | null {
  const isEncoding = type === 'text.encoding' || type === 'text.unicodeencoding';
  const encoding = isEncoding && Object.hasOwn(ENCODINGS, name) ? ENCODINGS[name] : undefined;
  return encoding === undefined ? null : { kind: 'encoding', encoding };
}

/** Whether script text given to this static method is run by it. */
export function runsScript(type: string, name: string): boolean {
  return (type === 'scriptblock' || type === 'management.automation.scriptblock') && name === 'create';
}

/** `[type]::name(args)`. `room` bounds what compressed data may unpack to. */
export function callStatic(
  type: string,
  name: string,
  args: readonly Value[],
  room: number,
  fuel: Fuel,
): Outcome | null {
  const [first, second, third] = args;
  if (first === undefined) {
    return null;
  }
  const text = toText(first);
  switch (`${type}::${name}`) {
    case 'convert::frombase64string': {
      const decoded = text === null ? null : decodeBase64(text, room, fuel);
      return decoded === null ? null : made(decoded.text, decoded.isCompressed ? 'compression' : 'base64');
    }
    case 'convert::tochar':
    case 'char::convertfromutf32':
      return silent(charOf(first));
    case 'convert::toint16':
    case 'convert::toint32':
    case 'convert::toint64':
    case 'convert::tobyte':
    case 'convert::touint16':
      return silent(parseInteger(first, second === undefined ? 10 : toNumber(second)));
    case 'string::join': {
      const rest = args.length === 2 ? second : ({ kind: 'list', items: args.slice(1) } as const);
      return text === null || rest === undefined ? null : joined(rest, text, fuel);
    }
    case 'string::concat':
      return joined(args.length === 1 ? first : { kind: 'list', items: args }, '', fuel);
    case 'string::new':
      return args.length === 1 ? joined(first, '', fuel) : null;
    case 'string::format': {
      const rest = args.length === 2 && second !== undefined ? itemsOf(second) : args.slice(1);
      return text === null || rest === null ? null : made(formatText(text, rest, fuel), 'format');
    }
    case 'regex::replace':
      return text === null || second === undefined || third === undefined
        ? null
        : made(replacePattern(text, { kind: 'list', items: [second, third] }, true, fuel), 'replacement');
    case 'regex::split':
      return second === undefined ? null : silent(splitPattern(first, second, true, fuel));
    case 'regex::matches':
      return text !== null && toText(second) === '.' && toText(third)?.toLowerCase() === 'righttoleft'
        ? silent(reverseChars(text, fuel))
        : null;
    case 'text.encoding::getencoding':
      return silent(readStatic('text.encoding', text?.toLowerCase() ?? ''));
    default:
      return null;
  }
}

/** `-join` and its like: for single characters the step is named by how they were written, which says more. */
export function joined(list: Value, separator: string, fuel: Fuel): Outcome | null {
  const text = joinText(list, separator, fuel);
  if (list.kind === 'chars') {
    return made(text, list.via);
  }
  return made(text, 'join');
}

/** The characters of a string or list from last to first. */
export function reverseChars(value: Value | string, fuel: Fuel): Value | null {
  const text = typeof value === 'string' ? value : joinText(value, '', fuel);
  if (text === null || !fuel.take(text.length)) {
    return null;
  }
  return { kind: 'chars', text: text.split('').reverse().join(''), via: 'reversal' };
}

/** `[type]value`; null for casts that no constant is known of. */
export function castValue(type: string, value: Value, fuel: Fuel): Value | null {
  if (!fuel.take(lengthOf(value))) {
    return null;
  }
  if (type === 'char') {
    return value.kind === 'text' && value.text.length === 1 ? value : charOf(value);
  }
  if (type === 'char[]') {
    return charsOf(value, fuel);
  }
  if (type === 'string') {
    return castToText(value, fuel);
  }
  if (INTEGER_TYPES.has(type)) {
    const number = toNumber(value);
    return number === null ? null : numberValue(number);
  }
  if (type.endsWith('[]') && INTEGER_TYPES.has(type.slice(0, -2))) {
    const numbers = itemsOf(value)?.map(toNumber) ?? [null];
    return numbers.every((number) => number !== null)
      ? { kind: 'list', items: numbers.map((number) => numberValue(number)) }
      : null;
  }
  return type === 'array' || type === 'object[]' || type === 'string[]' || type === 'object' ? value : null;
}

function castToText(value: Value, fuel: Fuel): Value | null {
  if (value.kind === 'text') {
    return value;
  }
  // Characters are cast by scripts that have set $OFS to nothing, else spaces would come between them.
  const text = joinText(value, value.kind === 'chars' ? '' : ' ', fuel);
  return text === null ? null : value.kind === 'number' ? textValue(text) : madeText(text);
}

function charOf(value: Value): Value | null {
  const number = toNumber(value);
  return number === null || number < 0 || number > 0x10ffff
    ? null
    : textValue(String.fromCodePoint(number), 'character codes');
}

function charsOf(value: Value, fuel: Fuel): Value | null {
  if (value.kind === 'text' || value.kind === 'chars') {
    return value.kind === 'chars' ? value : { kind: 'chars', text: value.text, via: 'join' };
  }
  const chars: string[] = [];
  for (const item of itemsOf(value) ?? []) {
    const char = castValue('char', item, fuel);
    if (char?.kind !== 'text') {
      return null;
    }
    chars.push(char.text);
  }
  return { kind: 'chars', text: chars.join(''), via: 'character codes' };
}

/** The string overloads of Convert.ToInt32 and its like: digits in a base of 2, 8, 10 or 16. */
function parseInteger(value: Value, base: number | null): Value | null {
  const text = toText(value);
  const isCode = value.kind === 'text' && value.via === 'character codes';
  if (base === null || base < 2 || base > 36 || base === 10 || text === null || isCode) {
    const number = toNumber(value);
    return number === null ? null : numberValue(number);
  }
  const number = Number.parseInt(text.replace(/^0x/i, ''), base);
  return Number.isSafeInteger(number) ? numberValue(number) : null;
}
