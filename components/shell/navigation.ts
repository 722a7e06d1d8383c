import {
  Database,
  FileText,
  Filter,
  Gauge,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  Monitor,
  Radar,
  ScanSearch,
  Settings,
} from 'lucide-react';

export type NavigationItem = {
  readonly href: string;
  readonly label: string;
  readonly icon: LucideIcon;
  /** Another address whose pages belong to it. */
  readonly also?: string;
  /** Key after `g`. */
  readonly key: string;
  readonly section: '' | 'Evidence' | 'Tuning' | 'Bottom';
};

/** Every place of the application, in the order of the left bar. */
export const NAVIGATION: readonly NavigationItem[] = [
  { href: '/overview', label: 'Overview', icon: LayoutDashboard, key: 'o', section: '' },
  { href: '/findings', label: 'Findings', icon: ListChecks, key: 'f', section: '' },
  { href: '/hosts', label: 'Hosts', icon: Monitor, key: 'h', section: '' },
  { href: '/risk', also: '/incidents', label: 'Risk', icon: Gauge, key: 'r', section: '' },
  { href: '/attack', label: 'ATT&CK', icon: Radar, key: 'a', section: '' },
  { href: '/evidence', label: 'Files', icon: FileText, key: 'e', section: 'Evidence' },
  { href: '/sources', label: 'Sources', icon: Database, key: 'i', section: 'Evidence' },
  { href: '/detections', label: 'Detections', icon: ScanSearch, key: 'd', section: 'Tuning' },
  { href: '/filters', label: 'Filter rules', icon: Filter, key: 'r', section: 'Tuning' },
  { href: '/system', label: 'System', icon: Settings, key: 's', section: 'Bottom' },
];
