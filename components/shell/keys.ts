'use client';

import { useEffect, useRef } from 'react';

/** What a key does: `j`, `Enter`, ` `, `?`, or two in a row: `g f`. */
export type KeyBindings = Readonly<Record<string, (event: KeyboardEvent) => void>>;

const SEQUENCE_MS = 1_000;
const TYPING = 'input, textarea, select, [contenteditable=true], [role=menu], [role=dialog], [role=listbox]';
const ACTIVATED_BY_KEY = 'button, a, summary';

/** Binds keys while the component is shown. Not while somebody types, in menus and dialogs, or with Ctrl, Alt or Cmd. */
export function useKeys(bindings: KeyBindings): void {
  const current = useRef(bindings);
  current.current = bindings;
  useEffect(() => {
    let prefix: { key: string; atMs: number } | null = null;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(TYPING)) return;
      // Space and Enter belong to the control in focus.
      if ((event.key === ' ' || event.key === 'Enter') && target?.closest(ACTIVATED_BY_KEY)) return;
      const sequence =
        prefix && event.timeStamp - prefix.atMs < SEQUENCE_MS ? `${prefix.key} ${event.key}` : event.key;
      const action = current.current[sequence] ?? current.current[event.key];
      prefix = action ? null : { key: event.key, atMs: event.timeStamp };
      if (!action) return;
      event.preventDefault();
      action(event);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
