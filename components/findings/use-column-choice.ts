'use client';

import { useMemo, useSyncExternalStore } from 'react';
import { COLUMN_IDS, type ColumnId, DEFAULT_HIDDEN } from './column-ids.ts';

const STORAGE_KEY = 'jobsight.findings.hidden-columns';
const CHANGE_EVENT = 'jobsight:columns';
const DEFAULT_TEXT = DEFAULT_HIDDEN.join(',');

type Choice = {
  /** Which columns are shown, as TanStack Table takes it. */
  readonly visibility: Record<ColumnId, boolean>;
  readonly toggle: (id: ColumnId) => void;
};

/** Which columns of the list are shown; remembered in this browser. */
export function useColumnChoice(): Choice {
  const text = useSyncExternalStore(subscribe, read, () => DEFAULT_TEXT);
  return useMemo(() => {
    const hidden = new Set(text.split(','));
    const visibility = Object.fromEntries(COLUMN_IDS.map((id) => [id, !hidden.has(id)])) as Record<
      ColumnId,
      boolean
    >;
    return {
      visibility,
      toggle: (id) => {
        const next = COLUMN_IDS.filter((one) => (one === id ? visibility[one] : !visibility[one]));
        write(next.join(','));
      },
    };
  }, [text]);
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener('storage', onChange);
  window.addEventListener(CHANGE_EVENT, onChange);
  return () => {
    window.removeEventListener('storage', onChange);
    window.removeEventListener(CHANGE_EVENT, onChange);
  };
}

/** Storage can be forbidden or full: then the choice is the default, or lasts until the page is left. */
let unsaved: string | null = null;

function read(): string {
  try {
    return unsaved ?? localStorage.getItem(STORAGE_KEY) ?? DEFAULT_TEXT;
  } catch {
    return DEFAULT_TEXT;
  }
}

function write(text: string): void {
  try {
    localStorage.setItem(STORAGE_KEY, text);
  } catch {
    unsaved = text;
  }
  window.dispatchEvent(new Event(CHANGE_EVENT));
}
