import { getMetrics } from '#lib/http/endpoints.ts';
import { metricsResponse } from '#lib/http/metrics.ts';
import { apiRoute } from '#lib/http/route.ts';

/** Figures for Prometheus, which sends an API token of the role viewer. */
export const GET = apiRoute({ ...getMetrics, handler: ({ actor }) => metricsResponse(actor) });
