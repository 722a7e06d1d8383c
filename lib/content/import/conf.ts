/** Splunk's .conf files: stanzas of settings. */

export type Setting = { readonly value: string; readonly line: number };
export type Stanza = {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly settings: ReadonlyMap<string, Setting>;
};
type Conf = {
  readonly stanzas: readonly Stanza[];
  readonly mistakes: readonly { readonly line: number; readonly message: string }[];
};

const MAX_MISTAKES = 20;

/** Whether the first line that says something opens a stanza. */
export function looksLikeConf(text: string): boolean {
  return /^\uFEFF?(?:[ \t]*(?:[#;][^\n]*)?\r?\n)*[ \t]*\[[^\]\n]+\][ \t]*(?:\r?\n|$)/.test(text);
}

/**
 * A line that ends in a backslash goes on in the next one, with a line break between, as in Splunk. Stanzas of one name are one
 * stanza, of two settings of one name the last counts.
 */
export function parseConf(text: string): Conf {
  const stanzas = new Map<string, { line: number; settings: Map<string, Setting> }>();
  const mistakes: { line: number; message: string }[] = [];
  const say = (line: number, message: string): void => {
    if (mistakes.length < MAX_MISTAKES) mistakes.push({ line, message });
  };
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  let settings: Map<string, Setting> | null = null;
  for (let index = 0; index < lines.length; index++) {
    const number = index + 1;
    const first = (lines[index] ?? '').replace(/\r$/, '');
    const trimmed = first.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    if (trimmed.startsWith('[')) {
      const close = trimmed.lastIndexOf(']');
      if (close < 1) {
        say(number, 'this stanza name is not closed: add "]"');
        settings = null;
        continue;
      }
      const name = trimmed.slice(1, close).trim();
      const stanza = stanzas.get(name) ?? { line: number, settings: new Map<string, Setting>() };
      stanzas.set(name, stanza);
      settings = stanza.settings;
      continue;
    }
    const parts = [first];
    while (parts.at(-1)?.endsWith('\\') && index + 1 < lines.length) {
      const last = parts.pop() ?? '';
      index++;
      parts.push(last.slice(0, -1), (lines[index] ?? '').replace(/\r$/, ''));
    }
    const logical = parts.join('\n');
    const equals = logical.indexOf('=');
    if (equals < 1) say(number, 'a setting is written NAME = VALUE');
    else if (settings === null) say(number, 'this setting stands before the first [stanza]');
    else
      settings.set(logical.slice(0, equals).trim(), {
        value: logical.slice(equals + 1).trim(),
        line: number,
      });
  }
  return { stanzas: [...stanzas].map(([name, stanza]) => ({ name, ...stanza })), mistakes };
}
