import { z } from 'zod';
import { type Actor, type Permission, requirePermission } from '#lib/auth/actor.ts';
import { actorFromHeaders } from '#lib/auth/request.ts';
import { AppError } from '#lib/errors.ts';
import { problemResponse } from './problem.ts';

type Schema = z.ZodType;
const empty = z.object({});

type RouteOptions<P extends Schema, Q extends Schema, B extends Schema> = {
  readonly permission: Permission;
  readonly params?: P;
  readonly query?: Q;
  /** JSON body; without it the request is the handler's to read. */
  readonly body?: B;
  readonly handler: (input: {
    readonly actor: Actor;
    readonly request: Request;
    readonly params: z.output<P>;
    readonly query: z.output<Q>;
    readonly body: z.output<B>;
  }) => Promise<Response | object>;
};

type Context = { readonly params: Promise<Record<string, string | string[] | undefined>> };

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** One API route: authenticate → authorize → parse → one call into lib → answer. Errors become problem documents. */
export function apiRoute<
  P extends Schema = typeof empty,
  Q extends Schema = typeof empty,
  B extends Schema = typeof empty,
>(options: RouteOptions<P, Q, B>): (request: Request, context: Context) => Promise<Response> {
  return async (request, context) => {
    try {
      const actor = await actorFromHeaders(request.headers);
      if (!actor)
        throw new AppError('not-signed-in', 'Sign in, or send an API token as "Authorization: Bearer …".');
      if (actor.via === 'session' && !SAFE_METHODS.has(request.method)) assertSameOrigin(request);
      requirePermission(actor, options.permission);
      const query = Object.fromEntries(new URL(request.url).searchParams);
      const answer = await options.handler({
        actor,
        request,
        params: parse(options.params, await context.params) as z.output<P>,
        query: parse(options.query, query) as z.output<Q>,
        body: (options.body ? parse(options.body, await readJson(request)) : {}) as z.output<B>,
      });
      return answer instanceof Response
        ? answer
        : Response.json(answer, { headers: { 'cache-control': 'no-store' } });
    } catch (error) {
      return problemResponse(error);
    }
  };
}

function parse(schema: Schema | undefined, value: unknown): unknown {
  return (schema ?? empty).parse(value);
}

const BODY_MAX_BYTES = 1024 * 1024;

async function readJson(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.length > BODY_MAX_BYTES) throw new AppError('too-large', 'The body is longer than 1 MiB.');
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('invalid-input', 'The body is not JSON.');
  }
}

/** A page of another site must not act with the user's cookie (Fetch standard, Origin and Sec-Fetch-Site). */
function assertSameOrigin(request: Request): void {
  const origin = request.headers.get('origin');
  const host = request.headers.get('host');
  const site = request.headers.get('sec-fetch-site');
  const isSame = origin === null ? site === null || site === 'same-origin' : URL.parse(origin)?.host === host;
  if (!isSame) throw new AppError('forbidden', 'The request comes from another site.');
}
