'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import type { RiskSettingsDetail, WhatIf } from '#lib/risk/types.ts';
import { askWhatIfAction, changeRiskSettingsAction } from '../../app/(dashboard)/risk/actions.ts';
import { useRuleForm } from './use-rule-form.ts';
import { WhatIfResult } from './what-if-result.tsx';

/** The stacking cap, with what it would change. */
export function CapCard({
  settings: { isCapped },
  canManage,
}: {
  readonly settings: Pick<RiskSettingsDetail, 'isCapped'>;
  readonly canManage: boolean;
}) {
  const form = useRuleForm();
  const [preview, setPreview] = useState<WhatIf | null>(null);
  return (
    <Card title="Stacking cap" aside={isCapped ? 'on' : 'off'}>
      <p className="text-text-2">
        A detection counts at most three times its highest score within a window, so that one noisy detection
        does not raise an incident by itself.
      </p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button
          disabled={form.isPending}
          onClick={() => form.run(() => askWhatIfAction({ isCapped: !isCapped }), setPreview)}
        >
          Preview it {isCapped ? 'off' : 'on'}
        </Button>
        {canManage && (
          <Button
            variant="primary"
            disabled={form.isPending}
            onClick={() =>
              form.run(
                () => changeRiskSettingsAction({ isCapped: !isCapped }),
                () => {
                  setPreview(null);
                  form.saved(isCapped ? 'The cap is off.' : 'The cap is on.');
                },
              )
            }
          >
            Switch {isCapped ? 'off' : 'on'}
          </Button>
        )}
      </div>
      <div aria-live="polite" className="mt-3 empty:hidden">
        {preview && <WhatIfResult result={preview} />}
      </div>
    </Card>
  );
}
