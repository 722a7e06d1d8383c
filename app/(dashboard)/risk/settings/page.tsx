import { CapCard } from '#components/risk/cap-card.tsx';
import { EntityLists } from '#components/risk/entity-lists.tsx';
import { FactorEditor } from '#components/risk/factor-editor.tsx';
import { IncidentRuleEditor } from '#components/risk/incident-rule-editor.tsx';
import { RiskViews } from '#components/risk/risk-head.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { OwnTime } from '#components/time/time.tsx';
import { Card } from '#components/ui/card.tsx';
import { can } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { getRiskSettings } from '#lib/risk/settings-queries.ts';

export const metadata = { title: 'Settings of risk' };

export default async function RiskSettingsPage() {
  const actor = await requireActor();
  const settings = await getRiskSettings(actor);
  const canManage = can(actor, 'manage-risk');
  return (
    <>
      <PageHeader>
        <h1 className="text-[16px]">Settings of risk</h1>
        <RiskViews current="/risk/settings" />
      </PageHeader>
      <div className="grid items-start gap-3 p-4 md:px-5 xl:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <div className="grid min-w-0 gap-3">
          <FactorEditor factors={settings.factors} fields={settings.fields.factor} canManage={canManage} />
          <EntityLists entities={settings.entities} canManage={canManage} />
        </div>
        <div className="grid min-w-0 gap-3">
          <CapCard settings={settings} canManage={canManage} />
          <IncidentRuleEditor
            rules={settings.rules}
            fields={settings.fields.incident}
            canManage={canManage}
          />
          {settings.history.length > 0 && (
            <Card title="History of the cap and shipped rules">
              <ol className="grid gap-1">
                {settings.history.map((item) => (
                  <li key={item.at} className="flex flex-wrap gap-x-2">
                    <span className="font-mono text-[12px] text-text-3">
                      <OwnTime iso={item.at} />
                    </span>
                    <span>
                      <b className="font-medium">{item.actorName}</b> cap{' '}
                      {item.after?.isCapped ? 'on' : 'off'}
                      {offWords(item.after?.disabledRules)}
                    </span>
                  </li>
                ))}
              </ol>
            </Card>
          )}
        </div>
      </div>
    </>
  );
}

function offWords(rules: unknown): string {
  return Array.isArray(rules) && rules.length > 0 ? `, off: ${rules.join(', ')}` : '';
}
