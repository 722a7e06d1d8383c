import { db } from '#lib/db/client.ts';
import { markChanged } from './current.ts';

/** Takes imports and settings away, so that a test begins with the shipped detections as they are. */
export async function forgetCatalogue(): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.detectionSetting.deleteMany({});
    await tx.detectionRiskVersion.deleteMany({});
    await tx.detectionVersion.deleteMany({});
    await tx.importedMacro.deleteMany({});
    await tx.importedLookup.deleteMany({});
    await tx.contentFile.deleteMany({});
    await markChanged(tx);
  });
}

export const IMPORTED_ID = '0a1b2c3d-0000-4000-8000-000000000001';

/** A published detection that selects what no shipped one does: every registry value that Sysmon saw set. */
export function publishedYaml(
  search: string,
  changes: { readonly impact?: number; readonly version?: number } = {},
) {
  return `
name: Registry Value Set By Any Process
id: ${IMPORTED_ID}
version: ${changes.version ?? 1}
type: Anomaly
description: Sysmon registry value events.
search: '${search.replaceAll("'", "''")}'
tags:
  mitre_attack_id: [T1112]
  impact: ${changes.impact ?? 40}
  confidence: 50
  message: $dest$ had a value set
  observable:
  - name: dest
    type: Hostname
    role: [Victim]
`;
}

export const REGISTRY_SEARCH =
  'source="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational" EventCode=13 | stats count by dest Image';
