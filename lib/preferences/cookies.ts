/** Names of the cookies that keep what a user prefers; no secret is in them. */
export const ZONE_COOKIE = 'jobsight-zone';
export const THEME_COOKIE = 'jobsight-theme';
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
