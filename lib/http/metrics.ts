/** Figures for Prometheus: of this process, and of evidence, findings and workers. Counts only, never what is in evidence. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Actor } from '#lib/auth/actor.ts';
import { readGauges } from '#lib/reports/gauges.ts';
import { API_HEADERS } from './headers.ts';

function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    requests: new Counter({
      name: 'jobsight_api_requests_total',
      help: 'Answered API requests by method and status.',
      labelNames: ['method', 'status'],
      registers,
    }),
    evidence: new Gauge({
      name: 'jobsight_evidence',
      help: 'Pieces of evidence by status.',
      labelNames: ['status'],
      registers,
    }),
    unread: new Gauge({
      name: 'jobsight_evidence_unread_bytes',
      help: 'Bytes of evidence that are still to be read.',
      registers,
    }),
    findings: new Gauge({
      name: 'jobsight_findings',
      help: 'Active strict findings by status and severity.',
      labelNames: ['status', 'severity'],
      registers,
    }),
    workers: new Gauge({ name: 'jobsight_workers', help: 'Workers that are running.', registers }),
  };
}

// Next loads a module several times (per bundle); all of them count in one place.
const shared = globalThis as typeof globalThis & { jobsightMetrics?: ReturnType<typeof createMetrics> };
shared.jobsightMetrics ??= createMetrics();
const metrics = shared.jobsightMetrics;

export function countRequest(method: string, status: number): void {
  metrics.requests.inc({ method, status });
}

/** All figures in the text format of Prometheus. */
export async function metricsResponse(actor: Actor): Promise<Response> {
  const now = await readGauges(actor);
  // A label that no longer counts anything goes, instead of staying at its last figure.
  metrics.evidence.reset();
  for (const { status, count } of now.evidence) metrics.evidence.set({ status }, count);
  metrics.unread.set(now.unreadBytes);
  metrics.findings.reset();
  for (const { status, severity, count } of now.findings) metrics.findings.set({ status, severity }, count);
  metrics.workers.set(now.workers);
  return new Response(await metrics.registry.metrics(), {
    headers: { ...API_HEADERS, 'content-type': metrics.registry.contentType },
  });
}
