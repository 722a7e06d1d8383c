/** Figures of this process for Prometheus. Nothing from evidence: /metrics is open to whoever reaches the server. */
import { Counter, collectDefaultMetrics, Registry } from 'prom-client';

function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'jobsight_api_requests_total',
    help: 'Answered API requests by method and status.',
    labelNames: ['method', 'status'],
    registers: [registry],
  });
  return { registry, requests };
}

// Next loads a module several times (per bundle); all of them count in one place.
const shared = globalThis as typeof globalThis & { jobsightMetrics?: ReturnType<typeof createMetrics> };
shared.jobsightMetrics ??= createMetrics();
const { registry, requests } = shared.jobsightMetrics;

export function countRequest(method: string, status: number): void {
  requests.inc({ method, status });
}

/** All figures in the text format of Prometheus. */
export async function metricsResponse(): Promise<Response> {
  return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } });
}
