'use client';

import { useEffect, useRef, useState } from 'react';
import type { FilterDraft, FilterPreview } from '#lib/filters/types.ts';
import type { EditorActions } from './actions.ts';

const WAIT_MS = 350;

export type PreviewState = {
  /** The last that was computed; stays in sight while the next one is. */
  readonly preview: FilterPreview | null;
  readonly error: string | null;
  readonly isBusy: boolean;
};

/** Previews the draft a moment after its last change; an answer to an older draft is not shown. */
export function usePreview(
  draft: FilterDraft,
  ruleId: string | null,
  isReady: boolean,
  preview: EditorActions['preview'],
): PreviewState {
  const [state, setState] = useState<PreviewState>({ preview: null, error: null, isBusy: false });
  const asked = useRef(0);
  const key = previewKey(draft);
  const latest = useRef(draft);
  latest.current = draft;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what of the draft changes the preview
  useEffect(() => {
    asked.current += 1;
    const mine = asked.current;
    if (!isReady) {
      setState({ preview: null, error: null, isBusy: false });
      return;
    }
    setState((before) => ({ ...before, isBusy: true }));
    const timer = setTimeout(async () => {
      const result = await preview({ draft: latest.current, ruleId }).catch(() => null);
      if (mine !== asked.current) return;
      if (result?.ok) setState({ preview: result.data, error: null, isBusy: false });
      else
        setState({
          preview: null,
          error: result?.error.message ?? 'The server did not answer; change something to try again.',
          isBusy: false,
        });
    }, WAIT_MS);
    return () => clearTimeout(timer);
  }, [key, ruleId, isReady, preview]);
  return state;
}

/** Name, reason and the like change nothing of what a rule covers. */
function previewKey({ name, reason, ticket, ownerId, ...effect }: FilterDraft): string {
  return JSON.stringify(effect);
}
