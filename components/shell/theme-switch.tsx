'use client';

import { Moon, Sun, SunMoon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { THEME_COOKIE, THEMES, type Theme } from '#lib/preferences/cookies.ts';
import { setPreference } from './preference.ts';

const ICONS = { system: SunMoon, light: Sun, dark: Moon };
const WORDS: Readonly<Record<Theme, string>> = { system: 'as the system', light: 'light', dark: 'dark' };

/** Light, dark, or as the system has it. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>('system');
  useEffect(() => {
    const current = document.documentElement.dataset.theme;
    setTheme(THEMES.find((one) => one === current) ?? 'system');
  }, []);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  const Icon = ICONS[theme];
  return (
    <Button
      variant="quiet"
      className="px-1.5"
      aria-label={`Colours: ${WORDS[theme]}. Change to ${WORDS[next]}`}
      title={`Colours: ${WORDS[theme]}`}
      onClick={() => {
        document.documentElement.dataset.theme = next;
        setPreference(THEME_COOKIE, next);
        setTheme(next);
      }}
    >
      <Icon size={16} aria-hidden />
    </Button>
  );
}
