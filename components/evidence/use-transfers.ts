import { useEffect, useState, useSyncExternalStore } from 'react';
import { findInterrupted, type Interrupted } from './interrupted.ts';
import { noTransfers, type Transfer, windowTransfers } from './transfers.ts';

const subscribe = (listener: () => void): (() => void) => windowTransfers().subscribe(listener);
const rows = (): readonly Transfer[] => windowTransfers().rows();

/** What is on its way in this browser window. */
export function useTransfers(): readonly Transfer[] {
  return useSyncExternalStore(subscribe, rows, noTransfers);
}

/** Uploads of an earlier visit that can go on, without those that are going on. */
export function useInterrupted(
  isAsked: boolean,
  transfers: readonly Transfer[],
): { readonly items: readonly Interrupted[]; readonly forget: (url: string) => void } {
  const [items, setItems] = useState<readonly Interrupted[]>([]);
  useEffect(() => {
    if (!isAsked) return;
    const look = (): void => void findInterrupted().then(setItems);
    look();
    return windowTransfers().onEnd(look);
  }, [isAsked]);
  const isRunning = (item: Interrupted): boolean =>
    transfers.some(({ name, sizeBytes }) => name === item.name && sizeBytes === item.sizeBytes);
  return {
    items: items.filter((item) => !isRunning(item)),
    forget: (url) => setItems((all) => all.filter((item) => item.url !== url)),
  };
}
