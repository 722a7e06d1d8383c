'use client';

import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, syntaxTree } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, hoverTooltip, keymap } from '@codemirror/view';
import { getNonce } from 'get-nonce';
import { useEffect, useRef } from 'react';
import type { FilterField, FilterProblem, FilterWarning } from '#lib/filters/types.ts';
import { HELP } from './help.ts';
import { completions, splLanguage } from './language.ts';

type Props = {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly fields: readonly FilterField[];
  readonly problems: readonly FilterProblem[];
  readonly warnings: readonly FilterWarning[];
  readonly isReadOnly: boolean;
  /** Id of the element that names the editor, and of the one that tells its errors. */
  readonly labelledBy: string;
  readonly describedBy: string;
};

/** Writes a rule as text. Tab leaves it, as it leaves every field. */
export function SplEditor(props: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  /** What the extensions look at; they live longer than one rendering. */
  const current = useRef(props);
  current.current = props;
  const readOnly = useRef(new Compartment());

  useEffect(() => {
    if (!host.current) return;
    const nonce = getNonce();
    const { labelledBy, describedBy, text, isReadOnly } = current.current;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          nonce ? EditorView.cspNonce.of(nonce) : [],
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          lintGutter(),
          EditorView.lineWrapping,
          splLanguage(),
          autocompletion({ override: [(context) => completions(context, current.current.fields)] }),
          hoverTooltip((hovered, at) => helpAt(hovered, at, current.current.fields)),
          keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
          readOnly.current.of(EditorState.readOnly.of(isReadOnly)),
          EditorView.contentAttributes.of({
            'aria-labelledby': labelledBy,
            'aria-describedby': describedBy,
            'aria-multiline': 'true',
            spellcheck: 'false',
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) current.current.onChange(update.state.doc.toString());
          }),
          theme,
        ],
      }),
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, []);

  const { text, problems, warnings, isReadOnly } = props;
  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== text) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
    }
  }, [text]);
  useEffect(() => {
    view.current?.dispatch({
      effects: readOnly.current.reconfigure(EditorState.readOnly.of(isReadOnly)),
    });
  }, [isReadOnly]);
  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, diagnostics(editor.state, problems, warnings)));
  }, [problems, warnings]);

  return <div ref={host} className="rounded-md border border-line-strong bg-bg" />;
}

function diagnostics(
  state: EditorState,
  problems: readonly FilterProblem[],
  warnings: readonly FilterWarning[],
): Diagnostic[] {
  const within = ({ from, to }: { from: number; to: number }) => ({
    from: Math.min(from, state.doc.length),
    to: Math.min(Math.max(to, from), state.doc.length),
  });
  return [
    ...problems.map((problem) => ({
      ...within(problem),
      severity: 'error' as const,
      message: problem.remedy === null ? problem.message : `${problem.message} ${problem.remedy}`,
    })),
    ...warnings.flatMap((warning) =>
      warning.place === null
        ? []
        : [
            {
              ...within(warning.place),
              severity: warning.severity === 'low' ? ('info' as const) : ('warning' as const),
              message: warning.message,
            },
          ],
    ),
  ].sort((a, b) => a.from - b.from);
}

function helpAt(view: EditorView, at: number, fields: readonly FilterField[]) {
  const node = syntaxTree(view.state).resolveInner(at, 1);
  if (node.firstChild || node.to - node.from > 100) return null;
  const word = view.state.sliceDoc(node.from, node.to);
  const field = fields.find(({ name }) => name === word);
  const help = field
    ? fieldHelp(field)
    : (HELP[word] ?? HELP[word.toUpperCase()] ?? HELP[word.toLowerCase()]);
  if (!help) return null;
  return {
    pos: node.from,
    end: node.to,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'max-w-[360px] whitespace-pre-line px-2 py-1';
      dom.textContent = help;
      return { dom };
    },
  };
}

const VALUES_TOLD = 5;

function fieldHelp({ name, description, values, isAttackerControlled }: FilterField): string {
  const told = values.slice(0, VALUES_TOLD).map((value) => `${value.name} (${value.count})`);
  return [
    `${name}: ${description}`,
    isAttackerControlled ? 'An attacker chooses what stands here.' : '',
    told.length > 0 ? `Here: ${told.join(', ')}` : '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

const theme = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'transparent', fontSize: '13px' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '1px', borderRadius: '6px' },
  '.cm-scroller': { fontFamily: 'var(--font-geist-mono), monospace', lineHeight: '20px', minHeight: '104px' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft) !important',
  },
  '.cm-gutters': { backgroundColor: 'transparent', border: 'none' },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
  },
  '.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent-soft)',
    color: 'var(--text)',
  },
  '.cm-completionDetail': { color: 'var(--text-3)', fontStyle: 'normal', marginLeft: '12px' },
  '.cm-completionInfo': { maxWidth: '320px', padding: '4px 8px' },
  '.cm-diagnostic': { padding: '4px 8px' },
});
