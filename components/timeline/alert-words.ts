import type { AlertLevel, AlertTool } from '#lib/evidence/alerts/alert.ts';
import type { Severity } from '#lib/risk/severity.ts';

/** Colours and glyphs of severities say levels of other tools too; the words stay theirs. */
const SEVERITY: Readonly<Record<AlertLevel, Severity>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  informational: 'info',
  unknown: 'info',
};
const WORDS: Readonly<Record<AlertLevel, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  informational: 'Informational',
  unknown: 'No level',
};
const TOOLS: Readonly<Record<AlertTool, string>> = { chainsaw: 'Chainsaw', hayabusa: 'Hayabusa' };

export function severityOfLevel(level: AlertLevel): Severity {
  return SEVERITY[level];
}

export function levelWord(level: AlertLevel): string {
  return WORDS[level];
}

/** `Chainsaw and Hayabusa` */
export function toolWords(tools: readonly AlertTool[]): string {
  return tools.map((tool) => TOOLS[tool]).join(' and ');
}
