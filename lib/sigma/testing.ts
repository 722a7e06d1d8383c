/** Events, compiled rules, and a second evaluator of Sigma, for the tests of this folder. */
import { stringify } from 'yaml';
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { compileSearch } from '#lib/spl/compile.ts';
import type { CompiledSearch, SearchEnvironment } from '#lib/spl/types.ts';
import { SigmaError } from './error.ts';
import { parseSigma } from './parse.ts';
import { sigmaToSpl } from './to-spl.ts';

export type Fields = Readonly<Record<string, string>>;

const VERBATIM = new Set(['Image', 'NewProcessName', 'CommandLine', 'TargetObject', 'ScriptBlockText', 'A']);
const ENVIRONMENT: SearchEnvironment = {
  macros: new Map(),
  dataModels: new Map(),
  lookups: new Map(),
  isVerbatim: (field) => VERBATIM.has(field),
};

export const SYSMON = 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational';
export const SECURITY = 'XmlWinEventLog:Security';

export function event(fields: Fields): SearchableEvent {
  const map = new Map<string, FieldValue>(Object.entries(fields));
  return { timeTicks: 0n, get: (name) => map.get(name) ?? null, fieldNames: () => [...map.keys()] };
}

/** An event of Windows in no channel that a category reads. */
export const windowsEvent = (fields: Fields): SearchableEvent =>
  event({ source: 'XmlWinEventLog:Test', ...fields });

export type RuleParts = {
  readonly detection: unknown;
  readonly logsource?: unknown;
  readonly [key: string]: unknown;
};

export function ruleText(parts: RuleParts): string {
  const rule = { title: 'A rule', logsource: { product: 'windows' }, ...parts };
  return stringify(rule, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
}

export const splOf = (yamlText: string): string => sigmaToSpl(parseSigma(yamlText));

export const compileRule = (yamlText: string): CompiledSearch => compileSearch(splOf(yamlText), ENVIRONMENT);

/** Whether a rule of one selection selects an event of these fields. */
export function selects(selection: unknown, fields: Fields): boolean {
  const text = ruleText({ detection: { selection, condition: 'selection' } });
  return compileRule(text).select(windowsEvent(fields));
}

/** Why a rule is refused, and where. */
export function refusal(yamlText: string): { message: string; line: number; column: number; field: string } {
  try {
    splOf(yamlText);
  } catch (error) {
    if (!(error instanceof SigmaError)) throw error;
    const { message, line, column, field } = error;
    return { message, line, column, field };
  }
  throw new Error(`accepted: ${yamlText}`);
}

// The second evaluator: straight from the specification, over plain objects, sharing nothing with the translation.

export type Item = { readonly key: string; readonly values: readonly (string | number | null | boolean)[] };
export type Condition =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'of'; readonly quantity: '1' | 'all'; readonly prefix: string }
  | { readonly kind: 'not'; readonly operand: Condition }
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition };
/** A selection is any of its maps; a map is all of its items. */
export type SelectionMaps = Readonly<Record<string, readonly (readonly Item[])[]>>;

/** Wildcards as the specification has them, by trying every length. */
function globMatches(tokens: readonly string[], text: readonly string[]): boolean {
  const [token, ...rest] = tokens;
  if (token === undefined) return text.length === 0;
  if (token === '*')
    return text.some((_, from) => globMatches(rest, text.slice(from))) || globMatches(rest, []);
  if (text.length === 0) return false;
  const isSame = token === '?' || token.slice(-1) === text[0];
  return isSame && globMatches(rest, text.slice(1));
}

type Ends = { readonly before?: string; readonly after?: string };

function textMatches(pattern: string, value: string, isCased: boolean, ends: Ends = {}): boolean {
  const fold = (text: string): string => (isCased ? text : text.toLowerCase());
  const tokens = fold(pattern).match(/\\[*?\\]|[\s\S]/gu) ?? [];
  return globMatches([ends.before ?? '', ...tokens, ends.after ?? ''].filter(Boolean), [...fold(value)]);
}

function ipv4(text: string): number | null {
  const parts = text.split('.').map(Number);
  return parts.length === 4 && parts.every((part) => part >= 0 && part < 256)
    ? parts.reduce((sum, part) => sum * 256 + part, 0)
    : null;
}

function isInNetwork(network: string, text: string): boolean {
  const [address = '', bits = '32'] = network.split('/');
  const [base, value] = [ipv4(address), ipv4(text)];
  const size = 2 ** (32 - Number(bits));
  return base !== null && value !== null && Math.floor(base / size) === Math.floor(value / size);
}

function valueMatches(
  modifiers: readonly string[],
  wanted: string | number | null | boolean,
  value: string | undefined,
  fields: Fields,
): boolean {
  if (modifiers.includes('exists')) return (value !== undefined) === wanted;
  if (wanted === null) return value === undefined;
  if (value === undefined) return false;
  const text = String(wanted);
  const number = Number(value);
  const isNumber = value.trim() !== '' && Number.isFinite(number);
  if (modifiers.includes('lt')) return isNumber && number < Number(wanted);
  if (modifiers.includes('lte')) return isNumber && number <= Number(wanted);
  if (modifiers.includes('gt')) return isNumber && number > Number(wanted);
  if (modifiers.includes('gte')) return isNumber && number >= Number(wanted);
  if (modifiers.includes('cidr')) return isInNetwork(text, value);
  if (modifiers.includes('re')) {
    return new RegExp(text, modifiers.filter((one) => ['i', 'm', 's'].includes(one)).join('')).test(value);
  }
  const isCased = modifiers.includes('cased');
  if (modifiers.includes('fieldref')) {
    const other = fields[text];
    return other !== undefined && (isCased ? other === value : other.toLowerCase() === value.toLowerCase());
  }
  const before = modifiers.includes('contains') || modifiers.includes('endswith') ? '*' : '';
  const after = modifiers.includes('contains') || modifiers.includes('startswith') ? '*' : '';
  return textMatches(text, value, isCased, { before, after });
}

export const escapeXml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');

function itemMatches({ key, values }: Item, fields: Fields): boolean {
  const [field = '', ...modifiers] = key.split('|');
  const one = (wanted: string | number | null | boolean): boolean => {
    if (field !== '') return valueMatches(modifiers, wanted, fields[field], fields);
    const raw = fields._raw ?? '';
    return [String(wanted), escapeXml(String(wanted))].some((text) =>
      textMatches(text, raw, false, { before: '*', after: '*' }),
    );
  };
  return modifiers.includes('all') ? values.every(one) : values.some(one);
}

export function evaluate(condition: Condition, selections: SelectionMaps, fields: Fields): boolean {
  const holds = (name: string): boolean =>
    (selections[name] ?? []).some((items) => items.every((item) => itemMatches(item, fields)));
  switch (condition.kind) {
    case 'name':
      return holds(condition.name);
    case 'of': {
      const names = Object.keys(selections).filter((name) => name.startsWith(condition.prefix));
      return condition.quantity === '1' ? names.some(holds) : names.every(holds);
    }
    case 'not':
      return !evaluate(condition.operand, selections, fields);
    case 'and':
      return evaluate(condition.left, selections, fields) && evaluate(condition.right, selections, fields);
    case 'or':
      return evaluate(condition.left, selections, fields) || evaluate(condition.right, selections, fields);
  }
}

export function writeCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'name':
      return condition.name;
    case 'of':
      return `${condition.quantity} of ${condition.prefix}*`;
    case 'not':
      return `not ${writeOperand(condition.operand)}`;
    case 'and':
    case 'or':
      return `${writeOperand(condition.left)} ${condition.kind} ${writeOperand(condition.right)}`;
  }
}

const writeOperand = (condition: Condition): string =>
  condition.kind === 'and' || condition.kind === 'or' || condition.kind === 'not'
    ? `(${writeCondition(condition)})`
    : writeCondition(condition);

export function detectionOf(selections: SelectionMaps, condition: Condition): Record<string, unknown> {
  const blocks = Object.entries(selections).map(([name, maps]) => [
    name,
    maps.map((items) => Object.fromEntries(items.map(({ key, values }) => [key, values]))),
  ]);
  return { ...Object.fromEntries(blocks), condition: writeCondition(condition) };
}
