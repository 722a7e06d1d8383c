import type { FilterDraft, FilterField, FilterPreview, SavedFilter } from '#lib/filters/types.ts';
import type { ActionResult } from '#lib/http/action.ts';

/** Server actions reach the client components as props: components know no routes. */
export type EditorActions = {
  readonly preview: (input: {
    readonly draft: FilterDraft;
    readonly ruleId: string | null;
  }) => Promise<ActionResult<FilterPreview>>;
  readonly fields: (input: {
    readonly detectionIds: readonly string[];
  }) => Promise<ActionResult<readonly FilterField[]>>;
  readonly save: (input: {
    readonly draft: FilterDraft;
    readonly ruleId: string | null;
    readonly version: number | null;
  }) => Promise<ActionResult<SavedFilter>>;
};

export type RuleActions = {
  readonly decide: (input: {
    readonly id: string;
    readonly version: number;
    readonly isApproved: boolean;
    readonly reason: string;
  }) => Promise<ActionResult<unknown>>;
  readonly revert: (input: {
    readonly id: string;
    readonly toVersion: number;
    readonly reason: string;
  }) => Promise<ActionResult<unknown>>;
  readonly renew: (input: {
    readonly id: string;
    readonly expiresAt: string;
    readonly reason: string;
  }) => Promise<ActionResult<unknown>>;
  readonly remove: (input: {
    readonly id: string;
    readonly reason: string;
  }) => Promise<ActionResult<unknown>>;
};
