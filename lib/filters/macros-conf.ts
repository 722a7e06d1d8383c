/** Rules as stanzas of macros.conf, each the filter macro of a detection, and back. */
import { parseConf } from '#lib/content/import/conf.ts';
import { readMacroStanza } from '#lib/content/import/macro.ts';
import { SplError } from '#lib/spl/types.ts';
import { fieldUses, parseBody } from './body.ts';
import {
  type ExportedRule,
  type ImportedRule,
  type ImportedRules,
  type ImportProblem,
  type NamedDetection,
  oneLine,
  ruleTitle,
  whyNotPlain,
} from './exchange.ts';
import { formatText } from './form.ts';

const SUFFIX = '_filter';

/**
 * The rules that hide as successive stages under the name of each detection's filter macro. What has no macro form is listed in
 * comments with the reason.
 */
export function macrosConf(rules: readonly ExportedRule[], detections: readonly NamedDetection[]): string {
  const left = rules.flatMap((rule) => {
    const reason = whyNotPlain(rule);
    return reason === null ? [] : [`# ${ruleTitle(rule)}: ${oneLine(reason)}`];
  });
  const plain = rules.filter((rule) => whyNotPlain(rule) === null);
  const stanzas = detections.flatMap((detection) => {
    const own = plain.filter((rule) => isFor(rule, detection));
    return own.length === 0 ? [] : [stanzaOf(detection, own)];
  });
  const header = left.length === 0 ? [] : ['# Without a macro form, and so not in this file:', ...left, ''];
  return [...header, ...stanzas].join('\n');
}

/** A rule of all detections goes with those that have every column which it reads. */
function isFor({ draft }: ExportedRule, { id, columns }: NamedDetection): boolean {
  if (draft.detectionIds.length > 0) return draft.detectionIds.includes(id);
  const read = fieldUses(parseBody(draft.text)).filter(({ isWritten }) => !isWritten);
  return columns !== null && read.every(({ name }) => columns.includes(name) || name.startsWith('_'));
}

function stanzaOf({ name, fileName }: NamedDetection, rules: readonly ExportedRule[]): string {
  const comments = rules.map((rule) => `#   ${ruleTitle(rule)}: ${oneLine(rule.draft.reason)}`);
  const body = rules.map(({ draft }) => formatText(draft.text) ?? draft.text).join('\n| ');
  // A line that ends in a backslash goes on in the next one.
  const definition = body.replaceAll('\n', '\\\n');
  return `# ${oneLine(name)}\n${comments.join('\n')}\n[${fileName}${SUFFIX}]\ndefinition = ${definition}\n`;
}

/** The stanzas that are filter macros of detections; one that keeps all rows is no rule. */
export function readMacrosConf(text: string, detections: readonly NamedDetection[]): ImportedRules {
  const { stanzas, mistakes } = parseConf(text);
  const problems: ImportProblem[] = mistakes.map(({ line, message }) => ({ place: `line ${line}`, message }));
  const byMacro = new Map(detections.map((detection) => [`${detection.fileName}${SUFFIX}`, detection]));
  const rules = stanzas.flatMap((stanza): ImportedRule[] => {
    const macro = readMacroStanza(stanza, (line, message) =>
      problems.push({ place: `line ${line}`, message }),
    );
    if (macro === null) return [];
    const place = `[${stanza.name}]`;
    const detection = byMacro.get(macro.name);
    if (detection === undefined) {
      problems.push({ place, message: 'is the filter macro of no detection here' });
      return [];
    }
    if (keepsAll(macro.definition)) return [];
    return [{ name: `${detection.name} filter`, text: macro.definition, detectionIds: [detection.id] }];
  });
  return { rules, problems };
}

function keepsAll(definition: string): boolean {
  if (definition.trim() === '') return true;
  try {
    return parseBody(definition).commands.every(
      (command) => command.kind === 'search' && command.expression.kind === 'all',
    );
  } catch (error) {
    if (error instanceof SplError) return false;
    throw error;
  }
}
