import type { PullItem } from '#lib/sources/plain.ts';
import type { TestStep, TestStepName } from '#lib/sources/types.ts';

/** The words that the screens use for the closed unions of sources. */

export const STEP_WORDS: Readonly<Record<TestStepName, string>> = {
  reach: 'Reach',
  tls: 'TLS',
  'sign-in': 'Sign-in',
  rights: 'Rights',
  data: 'Data',
  clock: 'Clock',
};

export const STEP_STATES: Readonly<
  Record<TestStep['state'], { readonly glyph: string; readonly word: string; readonly className: string }>
> = {
  works: { glyph: '●', word: 'works', className: 'text-good' },
  warning: { glyph: '◑', word: 'works, but', className: 'text-medium' },
  fails: { glyph: '✕', word: 'fails', className: 'text-critical' },
  skipped: { glyph: '○', word: 'not tried', className: 'text-text-3' },
};

export const PULL_STATES: Readonly<
  Record<PullItem['state'], { readonly glyph: string; readonly word: string; readonly className: string }>
> = {
  waiting: { glyph: '○', word: 'waits', className: 'text-text-2' },
  running: { glyph: '◑', word: 'runs', className: 'text-accent' },
  done: { glyph: '●', word: 'done', className: 'text-good' },
  failed: { glyph: '✕', word: 'failed', className: 'text-critical' },
  cancelled: { glyph: '○', word: 'cancelled', className: 'text-text-3' },
};

export const CAUSE_WORDS: Readonly<Record<PullItem['cause'], string>> = {
  schedule: 'by schedule',
  hand: 'by hand',
  backfill: 'back-fill',
};

const EVERY = /^\*\/(\d+) \* \* \* \*$/;

/** `every 5 minutes`, else the expression itself. */
export function cronWords(cron: string | null, zone: string): string {
  if (cron === null) return 'by hand only';
  const minutes = EVERY.exec(cron)?.[1];
  if (minutes !== undefined) return minutes === '1' ? 'every minute' : `every ${minutes} minutes`;
  if (cron === '0 * * * *') return 'every hour';
  return `${cron} (${zone})`;
}

/** `2 h 5 min` */
export function durationWords(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
