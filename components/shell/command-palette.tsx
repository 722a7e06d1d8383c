'use client';

import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { Dialog as Radix } from 'radix-ui';
import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { useKeys } from './keys.ts';
import { NAVIGATION } from './navigation.ts';

const OPEN_EVENT = 'jobsight:search';

/** Every key, for the list that `?` shows. */
const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['/', 'search findings, hosts, users, script text'],
  ['mod k', 'go anywhere'],
  ...NAVIGATION.map((item) => [`g ${item.key}`, `go to ${item.label}`] as const),
  ['j k', 'next or previous row'],
  ['x', 'select the row'],
  ['space', 'preview the row'],
  ['enter', 'open the row'],
  ['e', 'close the finding'],
  ['a', 'assign to me'],
  ['t', 'timeline of the host'],
  ['?', 'these keys'],
];

/** The palette on mod+k and `/`, the keys that work everywhere, and the list of all keys. */
export function CommandPalette() {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const [query, setQuery] = useState('');

  useEffect(() => {
    const show = (): void => setOpen(true);
    const onKeyDown = (event: KeyboardEvent): void => {
      if ((event.metaKey || event.ctrlKey) && event.key === 'k') {
        event.preventDefault();
        setOpen((isOpen) => !isOpen);
      }
    };
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener(OPEN_EVENT, show);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      window.removeEventListener(OPEN_EVENT, show);
    };
  }, []);
  useKeys({
    '?': () => setIsHelpOpen(true),
    '/': () => {
      const own = document.querySelector<HTMLInputElement>('input[type=search]');
      if (own) own.focus();
      else setOpen(true);
    },
    ...Object.fromEntries(NAVIGATION.map((item) => [`g ${item.key}`, () => router.push(item.href)])),
  });
  const go = (href: string): void => {
    setOpen(false);
    setQuery('');
    router.push(href);
  };
  return (
    <>
      <Radix.Root open={open} onOpenChange={setOpen}>
        <Radix.Portal>
          <Radix.Overlay className="fixed inset-0 z-40 bg-black/40" />
          <Radix.Content
            aria-describedby={undefined}
            className="fixed top-[12vh] left-1/2 z-50 w-[min(560px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden rounded-lg border border-line-strong bg-surface shadow-lg"
          >
            <Radix.Title className="sr-only">Go anywhere</Radix.Title>
            <Command label="Go anywhere" shouldFilter>
              <Command.Input
                value={query}
                onValueChange={setQuery}
                placeholder="Search findings, hosts, users, script text, or go to a page"
                className="w-full border-b bg-surface px-4 py-3 outline-none placeholder:text-text-3"
              />
              <Command.List className="max-h-80 overflow-y-auto p-1">
                {query.trim() !== '' && (
                  <>
                    <PaletteItem
                      value={`${query} findings`}
                      onSelect={() => go(`/findings?q=${encodeURIComponent(query.trim())}`)}
                    >
                      Findings with “{query.trim()}”
                    </PaletteItem>
                    <PaletteItem
                      value={`${query} hosts`}
                      onSelect={() => go(`/hosts?q=${encodeURIComponent(query.trim())}`)}
                    >
                      Hosts with “{query.trim()}”
                    </PaletteItem>
                  </>
                )}
                {NAVIGATION.map((item) => (
                  <PaletteItem key={item.href} value={item.label} onSelect={() => go(item.href)}>
                    <item.icon size={16} aria-hidden /> {item.label}
                    <span className="ml-auto">
                      <Kbd>g {item.key}</Kbd>
                    </span>
                  </PaletteItem>
                ))}
                <PaletteItem value="Account" onSelect={() => go('/account')}>
                  Account and sign out
                </PaletteItem>
              </Command.List>
            </Command>
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
      <Dialog open={isHelpOpen} onOpenChange={setIsHelpOpen} title="Keys">
        <ul className="grid gap-1">
          {KEYS.map(([keys, what]) => (
            <li key={keys} className="grid grid-cols-[90px_1fr] items-center">
              <span className="flex gap-1">
                {keys.split(' ').map((key) => (
                  <Kbd key={key}>{key}</Kbd>
                ))}
                <span className="sr-only">{keys}</span>
              </span>
              <span>{what}</span>
            </li>
          ))}
        </ul>
      </Dialog>
    </>
  );
}

function PaletteItem(props: React.ComponentProps<typeof Command.Item>) {
  return (
    <Command.Item
      className="flex cursor-pointer items-center gap-2 rounded px-3 py-2 data-[selected=true]:bg-accent-soft"
      {...props}
    />
  );
}

/** Opens the palette from the header, for those who use no keys. */
export function SearchButton() {
  return (
    <Button
      variant="quiet"
      aria-label="Search or go to a page"
      title="Search or go to a page"
      className="px-1.5"
      onClick={() => window.dispatchEvent(new Event(OPEN_EVENT))}
    >
      <Search size={16} aria-hidden />
    </Button>
  );
}
