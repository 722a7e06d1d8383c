import { readinessResponse } from '#lib/http/readiness.ts';

/** Whether requests can be served; a load balancer sends none when not. */
export function GET(): Promise<Response> {
  return readinessResponse();
}
