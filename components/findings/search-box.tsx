'use client';

import { useEffect, useState } from 'react';
import { Input } from '#components/ui/input.tsx';
import { Kbd } from '#components/ui/kbd.tsx';

const WAIT_MS = 350;

/** The list's search, sent when typing rests. `/` goes here; Escape leaves. */
export function SearchBox({ q, onSearch }: { readonly q: string; readonly onSearch: (q: string) => void }) {
  const [text, setText] = useState(q);
  const [sent, setSent] = useState(q);
  const [previous, setPrevious] = useState(q);
  // The address changed by other means than typing here (back, a chip): it wins.
  if (q !== previous) {
    setPrevious(q);
    if (q !== sent) {
      setText(q);
      setSent(q);
    }
  }
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === sent) return;
    const timer = setTimeout(() => {
      setSent(wanted);
      onSearch(wanted);
    }, WAIT_MS);
    return () => clearTimeout(timer);
  }, [text, sent, onSearch]);
  return (
    <search className="relative w-full md:w-[340px]">
      <Input
        type="search"
        maxLength={500}
        aria-label="Search findings"
        placeholder="Search findings, hosts, users, script text"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault(); // browsers empty a search box
          event.currentTarget.blur();
        }}
        className="peer pr-8"
      />
      <span className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 peer-focus:hidden max-md:hidden">
        <Kbd>/</Kbd>
      </span>
    </search>
  );
}
