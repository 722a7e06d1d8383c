/** Reads the commands that take values apart and put them together. */
import { type Arguments, parseCount, parseTruth, refuseOption } from './arguments.ts';
import type { BucketSize, Command, FieldName, Span } from './ast.ts';
import { parseBucketSize } from './bucket.ts';
import { quoteForMessage } from './nearest.ts';
import { parseCompareOperator } from './parse-search.ts';
import { explainRegexError } from './regex.ts';
import { readSedScript } from './sed.ts';
import { childrenOf, failAt, readSearchText } from './syntax.ts';

function checkPattern(span: Span, pattern: string): string {
  const reason = explainRegexError(pattern);
  return reason === null ? pattern : failAt(span, `The regular expression cannot be used: ${reason}.`);
}

export function parseRex(args: Arguments, span: Span): Command {
  let field = '_raw';
  let maxMatch = 1;
  let isSed = false;
  let script: (Span & { readonly text: string }) | null = null;
  while (args.next !== undefined) {
    args.takeOptions({
      field: (option) => {
        field = option.value;
      },
      max_match: (option) => {
        maxMatch = parseCount(option, option.value);
      },
      mode: (option) => {
        if (option.value.toLowerCase() !== 'sed') failAt(option, 'The only mode of rex is mode=sed.');
        isSed = true;
      },
    });
    const node = args.take('String');
    if (node !== null) script = { from: node.from, to: node.to, text: readSearchText(args.text, node) };
    else if (args.next !== undefined) args.refuse('a pattern in quotation marks');
  }
  if (script === null) return failAt(span, 'rex needs a pattern in quotation marks.');
  if (isSed) {
    const mistake = readSedScript(script.text);
    if (typeof mistake === 'string') failAt(script, mistake);
    return { ...span, kind: 'sed', field, script: script.text };
  }
  const pattern = checkPattern(script, script.text);
  if (!/\(\?P?<[A-Za-z_]/.test(pattern)) {
    failAt(script, 'rex takes what named groups match: write (?<NAME>…) around it.');
  }
  return { ...span, kind: 'rex', field, pattern, maxMatch };
}

export function parseRegex(args: Arguments, span: Span): Command {
  const node = args.take('Option');
  const string = node === null ? args.take('String') : null;
  if (args.next !== undefined) args.refuse('the end of the command');
  if (string !== null) {
    const pattern = checkPattern(string, readSearchText(args.text, string));
    return { ...span, kind: 'regex', field: '_raw', isNegated: false, pattern };
  }
  const [name, operator, value] = node === null ? [] : childrenOf(node);
  if (name === undefined || operator === undefined || value === undefined) {
    return failAt(span, 'Say what to match: regex FIELD="PATTERN".');
  }
  const sign = parseCompareOperator(args.text, operator);
  if (sign !== '=' && sign !== '!=') failAt(operator, 'regex takes = or !=.');
  const pattern = checkPattern(value, readSearchText(args.text, value));
  return {
    ...span,
    kind: 'regex',
    field: readSearchText(args.text, name),
    isNegated: sign === '!=',
    pattern,
  };
}

export function parseReplace(args: Arguments, span: Span): Command {
  const replacements: { pattern: string; by: string }[] = [];
  let fields: readonly FieldName[] = [];
  while (args.next !== undefined) {
    if (args.take(',') !== null) continue;
    if (args.takeKeyword('in') !== null) {
      fields = args.takeNames();
      if (fields.length === 0) failAt(span, 'A field must follow "in".');
      break;
    }
    const pattern = args.takeName() ?? args.refuse('a value');
    if (args.takeKeyword('with') === null) failAt(pattern, 'Say by what: replace "OLD" with "NEW" in FIELD.');
    const by = args.next;
    if (by === undefined || (by.name !== 'Word' && by.name !== 'String')) return args.refuse('a value');
    args.take(by.name);
    replacements.push({ pattern: pattern.name, by: readSearchText(args.text, by) });
  }
  if (replacements.length === 0) failAt(span, 'Say what to replace: replace "OLD" with "NEW" in FIELD.');
  return { ...span, kind: 'replace', replacements, fields };
}

export function parseBin(args: Arguments, span: Span): Command {
  let size: (BucketSize & Span) | null = null;
  let field: FieldName | null = null;
  let as: FieldName | null = null;
  while (args.next !== undefined) {
    args.takeOptions({
      span: (option) => {
        size = { ...parseBucketSize(option), from: option.from, to: option.to };
      },
    });
    if (args.next === undefined) break;
    if (field === null) field = args.takeName() ?? args.refuse('a field');
    else as = args.takeAs() ?? args.refuse('"as" or the end of the command');
  }
  if (field === null) return failAt(span, 'Say which field: bin _time span=5m.');
  const found = size as (BucketSize & Span) | null;
  if (found === null) return failAt(span, `Say how wide: bin ${field.name} span=….`);
  if (field.name !== '_time' && found.unit !== null) {
    failAt(found, `A span of time goes with _time: ${quoteForMessage(field.name)} takes a plain number.`);
  }
  return {
    ...span,
    kind: 'bin',
    field: field.name,
    as: as?.name ?? field.name,
    size: { count: found.count, unit: found.unit },
  };
}

export function parseMakemv(args: Arguments, span: Span): Command {
  let separator: Extract<Command, { readonly kind: 'makemv' }>['separator'] = {
    kind: 'delimiter',
    text: ' ',
  };
  let isKeepingEmpty = false;
  args.takeOptions({
    delim: (option) => {
      if (option.value === '') failAt(option, 'The delimiter is empty.');
      separator = { kind: 'delimiter', text: option.value };
    },
    tokenizer: (option) => {
      separator = { kind: 'tokenizer', text: checkPattern(option, option.value) };
    },
    allowempty: (option) => {
      isKeepingEmpty = parseTruth(option);
    },
  });
  const field = args.takeName() ?? args.refuse('a field');
  if (args.next !== undefined) args.refuse('the end of the command');
  return { ...span, kind: 'makemv', field: field.name, separator, isKeepingEmpty };
}

export function parseMvexpand(args: Arguments, span: Span): Command {
  const field = args.takeName() ?? args.refuse('a field');
  const option = args.takeOption();
  if (option !== null && option.name !== 'limit') refuseOption(option, option.name);
  if (args.next !== undefined) args.refuse('the end of the command');
  const limit = option === null ? 0 : parseCount(option, option.value);
  return { ...span, kind: 'mvexpand', field: field.name, limit };
}

export function parseSpath(args: Arguments, span: Span): Command {
  let input = '_raw';
  let path: string | null = null;
  let output: string | null = null;
  while (args.next !== undefined) {
    args.takeOptions({
      input: (option) => {
        input = option.value;
      },
      path: (option) => {
        path = option.value;
      },
      output: (option) => {
        output = option.value;
      },
    });
    if (args.next !== undefined) path = (args.takeName() ?? args.refuse('a path')).name;
  }
  if (output !== null && path === null) failAt(span, 'output= names the field for one path: add path=….');
  return { ...span, kind: 'spath', input, path, output };
}

export function parseXmlkv(args: Arguments, span: Span): Command {
  const field = args.takeName();
  if (args.next !== undefined) args.refuse('the end of the command');
  return { ...span, kind: 'xmlkv', field: field?.name ?? '_raw' };
}
