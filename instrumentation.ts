/**
 * Runs once when the web server starts. Node ends a request after five minutes, which an upload of some gigabytes over a
 * slow line needs; a broken one is noticed by its connection, and headers keep their own limit.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { subscribe } = await import('node:diagnostics_channel');
  subscribe('http.server.request.start', (message) => {
    const { server } = message as { server: { requestTimeout: number } };
    server.requestTimeout = 0;
  });
}
