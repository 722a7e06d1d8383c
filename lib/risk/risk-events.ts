import { fieldTexts } from '#lib/detection/fields.ts';
import type { DetectionRule } from '#lib/detection/rule.ts';
import type { FieldValue } from '#lib/events/event.ts';
import { hostName } from '#lib/events/names.ts';
import { type AccountName, accountNames, type SeenAccount } from './accounts.ts';
import type { FieldSource } from './condition.ts';
import type { EntityIndex, EntityRow } from './entities.ts';
import { type CompiledFactor, entityField, factorsOf } from './factors.ts';
import { type CalculatedScore, calculatedScore } from './score.ts';
import type { FactorPart, ObjectAlias } from './types.ts';

/** What CIM writes where it knows no user; a placeholder is no risk object. */
const PLACEHOLDERS = new Set(['unknown', '-', '', 'null']);

/** A strict finding that counts, or would if no filter rule hid it. */
export type RiskFinding = {
  readonly id: string;
  readonly number: number;
  readonly detectionId: string;
  readonly variant: string;
  readonly hostId: string | null;
  /** The joined host and the names that are joined to it. */
  readonly hostNames: readonly string[];
  readonly riskScore: number;
  readonly filterFactor: number;
  readonly isHidden: boolean;
  readonly row: ReadonlyMap<string, FieldValue>;
  readonly episodes: readonly { readonly number: number; readonly startTicks: bigint }[];
};

/** What scores depend on beside the findings. */
export type RiskSetting = {
  readonly rules: readonly DetectionRule[];
  readonly factors: readonly CompiledFactor[];
  readonly entities: EntityIndex;
  readonly seenAccounts: readonly SeenAccount[];
  /** Ids of the tactics of a technique. */
  tacticsOf(technique: string): readonly string[];
};

export type RiskEventDraft = CalculatedScore & {
  readonly findingId: string;
  readonly findingNumber: number;
  readonly episode: number;
  readonly objectType: string;
  readonly objectName: string;
  readonly loggedName: string;
  readonly alias: ObjectAlias | null;
  readonly hostId: string | null;
  readonly entity: EntityRow | null;
  readonly rule: DetectionRule;
  /** The detection, as sums tell sources apart. */
  readonly source: string;
  readonly baseScore: number;
  readonly factors: readonly FactorPart[];
  readonly filterFactor: number;
  readonly timeTicks: bigint;
  readonly message: string;
};

/**
 * Each episode of a finding is one risk event for each risk object that its detection names. Hidden findings too: whoever
 * keeps them leaves those out. The same for any order of the findings.
 */
export function riskEventsOf(findings: readonly RiskFinding[], setting: RiskSetting): RiskEventDraft[] {
  const rules = new Map(setting.rules.map((rule) => [`${rule.id} ${rule.variant}`, rule]));
  const named = findings.flatMap((finding) => {
    const rule = rules.get(`${finding.detectionId} ${finding.variant}`);
    return rule ? [{ finding, rule, objects: loggedObjects(rule, finding) }] : [];
  });
  const users = named.flatMap(({ objects }) => objects.filter(({ type }) => type === 'user'));
  const accounts = accountNames(
    users.map(({ name }) => name),
    setting.seenAccounts,
    setting.entities,
  );
  return named.flatMap(({ finding, rule, objects }) => {
    const message = rule.riskMessage(finding.row, []);
    const one = new Map(
      objects.map((object) => {
        const known = knownObject(object, finding, accounts, setting.entities);
        return [`${object.type} ${known.name}`, { ...object, ...known }];
      }),
    );
    return [...one.values()].flatMap((object): RiskEventDraft[] => {
      const base = {
        findingId: finding.id,
        findingNumber: finding.number,
        objectType: object.type,
        objectName: object.name,
        loggedName: object.logged,
        alias: object.alias,
        hostId: object.type === 'system' ? finding.hostId : null,
        entity: object.entity,
        rule,
        source: rule.id,
        baseScore: finding.riskScore,
        filterFactor: finding.filterFactor,
        message,
      };
      const factors = factorsOf(setting.factors, eventFields(base, setting));
      const score = calculatedScore(base.baseScore, factors, base.filterFactor);
      return finding.episodes.map(({ number, startTicks }) => ({
        ...base,
        ...score,
        factors,
        episode: number,
        timeTicks: startTicks,
      }));
    });
  });
}

type LoggedObject = { readonly type: string; readonly name: string; readonly logged: string };

function loggedObjects(rule: DetectionRule, finding: RiskFinding): readonly LoggedObject[] {
  const [joined] = finding.hostNames;
  return rule.riskObjects.flatMap(({ field, type }) =>
    fieldTexts(finding.row.get(field))
      .filter((value) => !PLACEHOLDERS.has(value.trim().toLowerCase()))
      .map((value) => ({
        type,
        name: type === 'system' ? (joined ?? hostName(value)) : value,
        logged: value,
      })),
  );
}

function knownObject(
  { type, name }: LoggedObject,
  finding: RiskFinding,
  accounts: ReadonlyMap<string, AccountName>,
  entities: EntityIndex,
): { readonly name: string; readonly alias: ObjectAlias | null; readonly entity: EntityRow | null } {
  if (type === 'system') return { name, alias: null, entity: entities.asset([name, ...finding.hostNames]) };
  if (type !== 'user') return { name, alias: null, entity: null };
  const account = accounts.get(name) ?? { name, alias: null };
  return { ...account, entity: entities.identity([account.name, name]) };
}

type Described = Pick<
  RiskEventDraft,
  'objectName' | 'objectType' | 'baseScore' | 'message' | 'rule' | 'entity'
>;

/** What conditions of factors see of a risk event. */
function eventFields({ rule, entity, ...event }: Described, setting: RiskSetting): FieldSource {
  const fields = new Map<string, FieldValue>([
    ['risk_object', event.objectName],
    ['risk_object_type', event.objectType],
    ['risk_score', event.baseScore],
    ['risk_message', event.message],
    ['source', rule.name],
    ['search_name', rule.name],
    ['detection_id', rule.id],
    ['analyticstories', rule.stories],
    ['annotations.mitre_attack', rule.techniques],
    [
      'annotations.mitre_attack.mitre_tactic_id',
      [...new Set(rule.techniques.flatMap((technique) => setting.tacticsOf(technique)))],
    ],
  ]);
  return { get: (name) => fields.get(name) ?? entityField(entity, name) };
}
