/** Names of the cookies that keep what a user prefers; no secret is in them. */
export const ZONE_COOKIE = 'jobsight-zone';
/** The zone of evidence times that name none, as the user said it with the last upload. */
export const EVIDENCE_ZONE_COOKIE = 'jobsight-evidence-zone';
export const THEME_COOKIE = 'jobsight-theme';
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
