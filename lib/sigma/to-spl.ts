/** Sigma rules as searches over Windows events. */
import { join, quote } from './field-terms.ts';
import { branchesOf, type LogBranch } from './log-sources.ts';
import type { Match, SigmaRule } from './rule.ts';
import { exactTerms, wideTerms } from './search-text.ts';
import { whereText } from './where-text.ts';

function oneOf(field: string, values: readonly string[]): string {
  return values.length === 1 ? `${field}=${values[0]}` : `${field} IN (${values.join(', ')})`;
}

function branchTerms({ channels, codes, having }: LogBranch): string {
  const terms = [
    oneOf(
      'source',
      channels.map((channel) => quote(`XmlWinEventLog:${channel}`)),
    ),
  ];
  if (codes.length > 0) terms.push(oneOf('EventCode', codes.map(String)));
  if (having !== undefined) terms.push(oneOf(having[0], having[1].map(quote)));
  return terms.join(' ');
}

function logSourceTerms(branches: readonly LogBranch[]): string {
  const [only, second] = branches;
  if (only === undefined) return 'source="XmlWinEventLog:*"';
  if (second === undefined) return branchTerms(only);
  return join(
    'or',
    branches.map((branch) => `(${branchTerms(branch)})`),
  );
}

/** What must hold one by one, so that only what `search` cannot say goes to `where`. */
function conjuncts(match: Match, isNegated = false): readonly Match[] {
  if (match.kind === 'not') return conjuncts(match.operand, !isNegated);
  if (match.kind === (isNegated ? 'or' : 'and')) {
    return match.operands.flatMap((operand) => conjuncts(operand, isNegated));
  }
  return [isNegated ? { kind: 'not', operand: match } : match];
}

/**
 * The search that selects the events that a rule matches. What `search` can say stands in it, so that its literals let
 * evidence be skipped; the rest follows in `where`, with a wider test before it. Text is compared as SPL does: `*` and `?`
 * are Sigma's, a network contains its addresses, and a field that is absent passes no test but matches under `not`.
 * Throws SigmaError for a log source that is not known.
 */
export function sigmaToSpl(rule: SigmaRule): string {
  const { logsource, match } = rule;
  const terms = [logSourceTerms(branchesOf(logsource))];
  const conditions: string[] = [];
  for (const part of conjuncts(match)) {
    const exact = exactTerms(part, logsource);
    const term = exact ?? wideTerms(part, logsource);
    if (term !== null) terms.push(term);
    if (exact === null) conditions.push(whereText(part, logsource));
  }
  const search = terms.join(' ');
  return conditions.length === 0 ? search : `${search}\n| where ${conditions.join(' AND ')}`;
}
