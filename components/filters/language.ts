import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { HighlightStyle, LanguageSupport, LRLanguage, syntaxHighlighting } from '@codemirror/language';
import { styleTags, tags } from '@lezer/highlight';
import type { FilterField } from '#lib/filters/types.ts';
import { parser } from '#lib/spl/parser.ts';
import { HELP } from './help.ts';

/** The search language in the editor: the grammar of the engine, so that what the editor accepts is what runs. */
const language = LRLanguage.define({
  name: 'spl',
  parser: parser.configure({
    top: 'Body',
    props: [
      styleTags({
        'SearchName WhereName EvalName CommandName': tags.keyword,
        'And Or Not Xor In Like As By': tags.operatorKeyword,
        'CompareOp SumOp ProductOp': tags.operator,
        'FunctionCall/Identifier': tags.function(tags.variableName),
        'Comparison/Word InComparison/Word Identifier QuotedField': tags.propertyName,
        String: tags.string,
        Number: tags.number,
        Comment: tags.comment,
        Macro: tags.macroName,
        UnknownName: tags.invalid,
      }),
    ],
  }),
  languageData: { closeBrackets: { brackets: ['(', '"'] } },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '500' },
  { tag: tags.operatorKeyword, color: 'var(--high)' },
  { tag: tags.function(tags.variableName), color: 'var(--accent)' },
  { tag: tags.propertyName, color: 'var(--low)' },
  { tag: tags.string, color: 'var(--medium)' },
  { tag: tags.number, color: 'var(--medium)' },
  { tag: tags.comment, color: 'var(--text-3)' },
  { tag: tags.invalid, color: 'var(--critical)' },
]);

export function splLanguage(): readonly [LanguageSupport, ReturnType<typeof syntaxHighlighting>] {
  return [new LanguageSupport(language), syntaxHighlighting(colours)];
}

/** `field=`, `field = "begun`: the field, and how much of a value is written already. */
const BEFORE_VALUE = /([\w.]+)\s*(?:=|!=)\s*(?:"(?:[^"\\]|\\.)*|[^\s"()=|]*)$/;
/** The same inside `field IN (…`. */
const BEFORE_LISTED = /([\w.]+)\s+IN\s*\([^()]*$/i;
const WORD = /[\w.]*$/;

/** Offers the fields and their real values, with how many findings have them, and the words of the language. */
export function completions(
  context: CompletionContext,
  fields: readonly FilterField[],
): CompletionResult | null {
  const line = context.state.sliceDoc(Math.max(0, context.pos - 2_000), context.pos);
  const field = fieldBefore(line, fields);
  if (field) {
    const begun = /(?:"(?:[^"\\]|\\.)*|[^\s"()=,|]*)$/.exec(line)?.[0] ?? '';
    return {
      from: context.pos - begun.length,
      options: field.values.map((value, index) => ({
        label: quoted(value.name),
        detail: `${value.count.toLocaleString('en')} ${value.count === 1 ? 'finding' : 'findings'}`,
        type: 'text',
        boost: -index,
      })),
      filter: true,
      validFor: /^(?:"(?:[^"\\]|\\.)*"?|[^\s"()=,|]*)$/,
    };
  }
  const word = WORD.exec(line)?.[0] ?? '';
  if (word === '' && !context.explicit) return null;
  return {
    from: context.pos - word.length,
    options: [...fields.map(fieldOption), ...WORDS],
    validFor: /^[\w.]*$/,
  };
}

function fieldBefore(text: string, fields: readonly FilterField[]): FilterField | undefined {
  const name = (BEFORE_VALUE.exec(text) ?? BEFORE_LISTED.exec(text))?.[1];
  return fields.find((field) => field.name === name);
}

function fieldOption(field: FilterField): Completion {
  return { label: field.name, type: 'property', detail: 'field', info: field.description, boost: 10 };
}

const WORDS: readonly Completion[] = Object.entries(HELP).map(([label, info]) => ({
  label,
  type: /^[A-Z]+$/.test(label) ? 'keyword' : 'function',
  info,
}));

/** A value as a search writes it: \" and \\ stand for the second character. */
export function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
