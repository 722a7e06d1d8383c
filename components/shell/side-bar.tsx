'use client';

import { Ellipsis, PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useState } from 'react';
import { cn } from '#components/ui/cn.ts';
import { Menu, MenuContent, MenuItem, MenuTrigger } from '#components/ui/menu.tsx';
import { NAVIGATION, type NavigationItem } from './navigation.ts';
import { setPreference } from './preference.ts';

export const COLLAPSED_COOKIE = 'jobsight-nav';

type Props = {
  readonly user: { readonly name: string; readonly role: string };
  readonly isCollapsed: boolean;
};

/** The left bar; on phones a bar at the bottom. */
export function SideBar({ user, isCollapsed: initial }: Props) {
  const pathname = usePathname();
  const [isCollapsed, setIsCollapsed] = useState(initial);
  const toggle = (): void => {
    setPreference(COLLAPSED_COOKIE, isCollapsed ? 'open' : 'collapsed');
    setIsCollapsed(!isCollapsed);
  };
  const link = (item: NavigationItem) => (
    <NavigationLink key={item.href} item={item} isCurrent={isOn(pathname, item)} isCollapsed={isCollapsed} />
  );
  const of = (section: NavigationItem['section']) => NAVIGATION.filter((item) => item.section === section);
  return (
    <>
      <nav
        aria-label="Main"
        className={cn(
          'sticky top-0 hidden h-dvh shrink-0 flex-col gap-0.5 border-r bg-surface px-2 py-3 md:flex',
          isCollapsed ? 'w-[52px]' : 'w-[208px]',
        )}
      >
        <div className="flex items-center gap-2 px-2 pt-1 pb-3.5 font-semibold text-[15px]">
          <Logo />
          {!isCollapsed && <span>Jobsight</span>}
        </div>
        {of('').map(link)}
        <Section title="Evidence" isCollapsed={isCollapsed} />
        {of('Evidence').map(link)}
        <Section title="Tuning" isCollapsed={isCollapsed} />
        {of('Tuning').map(link)}
        <span className="flex-1" />
        {of('Bottom').map(link)}
        <Link
          href="/account"
          aria-current={pathname === '/account' ? 'page' : undefined}
          title={`${user.name}, ${user.role}`}
          className={cn(linkClass, pathname === '/account' && currentClass)}
        >
          <span
            aria-hidden
            className="grid size-4 place-items-center rounded-full bg-accent-soft font-semibold text-[9px] text-accent"
          >
            {user.name.slice(0, 1).toUpperCase()}
          </span>
          <span className={isCollapsed ? 'sr-only' : 'truncate'}>
            {user.name} · {user.role}
          </span>
        </Link>
        <button type="button" onClick={toggle} className={cn(linkClass, 'text-text-3')}>
          {isCollapsed ? <PanelLeftOpen size={16} aria-hidden /> : <PanelLeftClose size={16} aria-hidden />}
          <span className={isCollapsed ? 'sr-only' : ''}>{isCollapsed ? 'Show names' : 'Collapse'}</span>
        </button>
      </nav>
      <nav
        aria-label="Main"
        className="fixed inset-x-0 bottom-0 z-30 flex justify-around border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        {NAVIGATION.filter((item) => !isBehindMore(item)).map((item) => (
          <Link
            key={item.href}
            href={item.href}
            aria-current={isOn(pathname, item) ? 'page' : undefined}
            className={cn(tabClass, isOn(pathname, item) && 'text-accent')}
          >
            <item.icon size={18} aria-hidden />
            {item.label}
          </Link>
        ))}
        <Menu>
          <MenuTrigger className={tabClass}>
            <Ellipsis size={18} aria-hidden />
            More
          </MenuTrigger>
          <MenuContent>
            {[...NAVIGATION.filter(isBehindMore), ACCOUNT].map(({ href, label }) => (
              <MenuItem key={href} asChild>
                <Link
                  href={href}
                  aria-current={isAt(pathname, href) ? 'page' : undefined}
                  className="text-text no-underline"
                >
                  {label}
                </Link>
              </MenuItem>
            ))}
          </MenuContent>
        </Menu>
      </nav>
    </>
  );
}

/** What a phone's bar has no room for. */
const isBehindMore = ({ section }: NavigationItem) => section === 'Tuning' || section === 'Bottom';
const ACCOUNT = { href: '/account', label: 'Account and sign out' };

const tabClass =
  'grid min-h-12 min-w-12 place-items-center content-center px-1 text-[10px] text-text-2 leading-4 no-underline';
const linkClass =
  'flex items-center gap-2 rounded-md px-2 py-1.5 text-text-2 no-underline hover:bg-raised hover:text-text hover:no-underline';
const currentClass = 'bg-accent-soft font-medium text-accent hover:bg-accent-soft hover:text-accent';

function NavigationLink({
  item,
  isCurrent,
  isCollapsed,
}: {
  readonly item: NavigationItem;
  readonly isCurrent: boolean;
  readonly isCollapsed: boolean;
}) {
  return (
    <Link
      href={item.href}
      aria-current={isCurrent ? 'page' : undefined}
      title={isCollapsed ? item.label : undefined}
      className={cn(linkClass, isCurrent && currentClass)}
    >
      <item.icon size={16} aria-hidden className="shrink-0" />
      <span className={isCollapsed ? 'sr-only' : ''}>{item.label}</span>
    </Link>
  );
}

function Section({ title, isCollapsed }: { readonly title: string; readonly isCollapsed: boolean }) {
  return isCollapsed ? (
    <span className="h-3" />
  ) : (
    <div className="px-2 pt-3.5 pb-1 text-[11px] text-text-3">{title}</div>
  );
}

export function Logo() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <circle cx="10" cy="10" r="8.2" fill="none" stroke="var(--accent)" strokeWidth="1.8" />
      <path d="M10 5v5l3.2 2" fill="none" stroke="var(--accent)" strokeWidth="1.8" strokeLinecap="round" />
    </svg>
  );
}

function isOn(pathname: string, { href, also }: NavigationItem): boolean {
  return isAt(pathname, href) || (also !== undefined && isAt(pathname, also));
}

function isAt(pathname: string, href: string): boolean {
  return pathname === href || pathname.startsWith(`${href}/`);
}
