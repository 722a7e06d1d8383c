import { z } from 'zod';
import type { MacroDefinition } from '#lib/spl/types.ts';
import type { Stanza } from './conf.ts';

const NAME = /^[\w-]+$/;

const schema = z.object({
  name: z.string().regex(NAME, 'a macro name is made of letters, digits and _'),
  definition: z.coerce.string(),
  arguments: z.array(z.string().regex(NAME, 'an argument name is made of letters, digits and _')).nullish(),
});

/** A file of macros/. */
export function readPublishedMacro(
  value: unknown,
  say: (field: readonly PropertyKey[], message: string) => void,
): MacroDefinition | null {
  const result = schema.safeParse(value);
  if (!result.success) {
    for (const { path, message } of result.error.issues.slice(0, 20)) say(path, message);
    return null;
  }
  const { name, definition, arguments: args } = result.data;
  return { name, args: args ?? [], definition };
}

/** A stanza of macros.conf: `[name]` or `[name(2)]`. */
export function readMacroStanza(
  stanza: Stanza,
  say: (line: number, message: string) => void,
): MacroDefinition | null {
  const evaluated = stanza.settings.get('iseval');
  if (evaluated !== undefined && !['0', 'false', 'f', ''].includes(evaluated.value.toLowerCase())) {
    say(evaluated.line, 'iseval macros are not supported: write the text that it gives as the definition');
    return null;
  }
  const [, name = '', count] = /^([\w-]+)(?:\((\d+)\))?$/.exec(stanza.name) ?? [];
  if (name === '') {
    say(stanza.line, 'a macro is called [name] or [name(number of arguments)]');
    return null;
  }
  const args = (stanza.settings.get('args')?.value ?? '')
    .split(',')
    .map((arg) => arg.trim())
    .filter((arg) => arg !== '');
  if (args.length !== Number(count ?? 0)) {
    say(
      stanza.settings.get('args')?.line ?? stanza.line,
      `args names ${args.length} arguments, the stanza ${count ?? 0}`,
    );
    return null;
  }
  return { name, args, definition: stanza.settings.get('definition')?.value ?? '' };
}
