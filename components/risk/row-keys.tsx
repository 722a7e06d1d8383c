'use client';

import { useKeys } from '#components/shell/keys.ts';

/** `j` and `k` lead from one row's link to the next; the browser's own Enter opens it. */
export function RowKeys() {
  const move = (by: number): void => {
    const links = [...document.querySelectorAll<HTMLElement>('[data-row-link]')];
    const at = links.indexOf(document.activeElement as HTMLElement);
    links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
  };
  useKeys({ j: () => move(1), k: () => move(-1) });
  return null;
}
