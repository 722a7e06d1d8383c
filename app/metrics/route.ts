import { metricsResponse } from '#lib/http/metrics.ts';

/** Figures of this process for Prometheus. */
export function GET(): Promise<Response> {
  return metricsResponse();
}
