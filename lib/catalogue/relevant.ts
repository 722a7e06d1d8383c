import type { Pipeline, SearchExpression } from '#lib/spl/ast.ts';
import { parseSearch } from '#lib/spl/parse.ts';

/** Fields that an event of a kind (channel, provider, event id) has whatever else it says. */
const KIND_FIELDS = new Set(['source', 'sourcetype', 'Channel', 'EventCode', 'EventID', 'eventtype']);

/** When nothing of a search can be told from the kind of an event. */
const EVERYTHING = 'search *';

/**
 * Searches that together select every event which a search could judge: its leading part, and those of its subsearches,
 * of which only what the kind of an event decides is left. Never narrower than the search.
 *
 * @param search after macro expansion; it has compiled
 */
export function relevantSearches(search: string): readonly string[] {
  return [...new Set(pipelinesOf(parseSearch(search)).map((pipeline) => leadingPart(pipeline, search)))];
}

function leadingPart([first]: Pipeline, text: string): string {
  if (first?.kind === 'tstats' && first.dataModel) {
    return `| tstats count from datamodel=${first.dataModel.name}`;
  }
  if (first?.kind !== 'search' && first?.kind !== 'tstats') return EVERYTHING;
  const kept = kindPart(first.kind === 'search' ? first.expression : first.where, text);
  return kept === null ? EVERYTHING : `search ${kept}`;
}

/** The pipeline itself and those of its subsearches, each of which reads events of its own. */
function pipelinesOf(pipeline: Pipeline): readonly Pipeline[] {
  const inside = pipeline.flatMap((command): readonly Pipeline[] => {
    switch (command.kind) {
      case 'join':
      case 'append':
        return pipelinesOf(command.subsearch);
      case 'appendpipe':
        // Its own commands work on the rows before it; searches in it read events.
        return pipelinesOf(command.commands).slice(1);
      case 'search':
        return subsearchesIn(command.expression);
      case 'tstats':
      case 'inputlookup':
        return subsearchesIn(command.where);
      default:
        return [];
    }
  });
  return [pipeline, ...inside];
}

function subsearchesIn(expression: SearchExpression): readonly Pipeline[] {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.flatMap(subsearchesIn);
    case 'not':
      return subsearchesIn(expression.operand);
    case 'subsearch':
      return pipelinesOf(expression.commands);
    default:
      return [];
  }
}

/** The part of an expression that the kind of an event decides, never narrower than all of it; null: nothing. */
function kindPart(expression: SearchExpression, text: string): string | null {
  switch (expression.kind) {
    case 'and': {
      const parts = expression.operands.flatMap((operand) => kindPart(operand, text) ?? []);
      return parts.length === 0 ? null : `(${parts.join(' ')})`;
    }
    case 'or': {
      const parts = expression.operands.map((operand) => kindPart(operand, text));
      return parts.includes(null) ? null : `(${parts.join(' OR ')})`;
    }
    case 'not':
      return isOfKind(expression.operand) ? text.slice(expression.from, expression.to) : null;
    case 'compare':
    case 'in':
      return isOfKind(expression) ? text.slice(expression.from, expression.to) : null;
    default:
      return null;
  }
}

/** Whether the kind of an event decides the whole expression. */
function isOfKind(expression: SearchExpression): boolean {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.every(isOfKind);
    case 'not':
      return isOfKind(expression.operand);
    case 'compare':
    case 'in':
      return KIND_FIELDS.has(expression.field);
    default:
      return false;
  }
}
