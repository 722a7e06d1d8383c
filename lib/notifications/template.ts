import { clipped, visibleLine } from './text.ts';

/** What a template may name between dollar signs, and what it is. `$$` is a dollar sign. */
export const PLACEHOLDERS = {
  event: 'New finding, Recurred finding, Incident, Source failing, Source works again',
  severity: 'severity of the finding',
  detection: 'name of the detection',
  finding: 'number of the finding, such as F-12',
  sentence: 'the finding as a sentence, or why the source fails',
  host: 'host of the finding',
  user: 'user of the finding',
  techniques: 'ATT&CK techniques',
  mode: 'strict, lenient or extended',
  first_time: 'time of its first event, UTC',
  last_time: 'time of its last event, UTC',
  source: 'name of the source',
  failing_since: 'since when the source fails, UTC',
  link: 'address of the finding or source',
} as const;
export type Placeholder = keyof typeof PLACEHOLDERS;
export type TemplateValues = Readonly<Partial<Record<Placeholder, string>>>;

const NAMED = /\$([a-z_]*)\$/gi;
const VALUE_MAX = 4_000;

/** What is wrong with a template, one sentence; null: nothing. */
export function templateProblem(template: string): string | null {
  for (const [whole, name = ''] of template.matchAll(NAMED))
    if (name !== '' && !Object.hasOwn(PLACEHOLDERS, name))
      return `${whole} is no placeholder. Known are ${Object.keys(PLACEHOLDERS).join(', ')}; $$ is a dollar sign.`;
  return template.replace(NAMED, '').includes('$')
    ? 'A dollar sign stands alone. Write $$ for one, and placeholders as $host$.'
    : null;
}

/** Fills a template. Values become single visible lines; a line of nothing but empty placeholders and words is left out. */
export function filled(template: string, values: TemplateValues): string {
  return template
    .split(/\r?\n/)
    .flatMap((line) => {
      const names = [...line.matchAll(NAMED)].flatMap(([, name]) => (name ? [name as Placeholder] : []));
      if (names.length > 0 && names.every((name) => (values[name] ?? '') === '')) return [];
      return line.replace(NAMED, (_, name: string) =>
        name === '' ? '$' : clipped(visibleLine(values[name as Placeholder] ?? ''), VALUE_MAX),
      );
    })
    .join('\n');
}
