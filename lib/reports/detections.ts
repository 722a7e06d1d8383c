import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { type Technique, techniquesOf } from '#lib/content/attack.ts';
import type { DetectionContent } from '#lib/content/schema.ts';
import { knowledge, loadedContent } from '#lib/detection/rules.ts';

/** What the Detections page shows of one. */
export type CatalogueItem = DetectionContent & {
  readonly riskScore: number;
  readonly activeVariant: string;
  readonly techniqueDetails: readonly Technique[];
  /** The search after macro expansion. */
  readonly expandedSearch: string;
};

/** All installed detections with their annotations. */
export async function listDetections(actor: Actor): Promise<readonly CatalogueItem[]> {
  requirePermission(actor, 'read');
  const [content, { rules }] = await Promise.all([loadedContent(), knowledge()]);
  const techniques = techniquesOf(content);
  return content.detections.flatMap((detection) => {
    const rule = rules.find((one) => one.id === detection.id);
    if (!rule) return [];
    const ids = new Set(detection.techniques);
    return [
      {
        ...detection,
        riskScore: rule.riskScore,
        activeVariant: rule.variant,
        techniqueDetails: techniques.filter((technique) => ids.has(technique.id)),
        expandedSearch: rule.search.expandedText,
      },
    ];
  });
}
