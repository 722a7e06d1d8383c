import { formatIsoTime } from '#lib/evidence/time.ts';
import type { Result } from './detect.ts';
import type { ScanReport } from './scan.ts';

/** One finding as `scan --format jsonl` prints it (DESIGN, "Interfaces"). */
export function resultJson(result: Result, sightings: ScanReport['sightings']): Record<string, unknown> {
  return {
    detection: result.rule.name,
    detection_id: result.rule.id,
    type: result.rule.type,
    dest: result.dest,
    user: result.user,
    count: result.events.length,
    first_time: iso(result.firstTicks),
    last_time: iso(result.lastTicks),
    risk_score: result.mode === 'strict' ? result.rule.riskScore : 0,
    techniques: result.rule.techniques,
    fields: Object.fromEntries([...result.row].filter(([, value]) => value !== null)),
    mode: result.mode === 'lenient' ? 'lenient' : 'strict',
    extended: result.mode === 'extended',
    ...(result.filled.length > 0 ? { filled: result.filled } : {}),
    events: result.events.flatMap((event) =>
      (sightings.get(event.id) ?? []).map(({ file, record }) => ({
        file,
        record_id: record.system.recordId === null ? null : Number(record.system.recordId),
        time: iso(record.timeTicks),
      })),
    ),
  };
}

function iso(ticks: bigint | null): string | null {
  return ticks === null ? null : formatIsoTime(ticks);
}
