import { z } from 'zod';
import { type Actor, type Permission, requirePermission } from '#lib/auth/actor.ts';
import { actorFromHeaders } from '#lib/auth/request.ts';
import { AppError } from '#lib/errors.ts';
import { readJson } from './body.ts';
import { jsonResponse } from './json.ts';
import { countRequest } from './metrics.ts';
import { problemResponse } from './problem.ts';
import { assertSameOrigin } from './same-origin.ts';

type Schema = z.ZodType;
const empty = z.object({});

type RouteOptions<P extends Schema, Q extends Schema, B extends Schema> = {
  readonly permission: Permission;
  readonly params?: P;
  /** A name that comes several times in the address is an array. */
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

/**
 * One API route: authenticate → authorize → parse → one call into lib → answer. Errors become problem documents. Parsing
 * comes third, so that strangers learn nothing from it and cannot make the server read a body.
 */
export function apiRoute<
  P extends Schema = typeof empty,
  Q extends Schema = typeof empty,
  B extends Schema = typeof empty,
>(options: RouteOptions<P, Q, B>): (request: Request, context: Context) => Promise<Response> {
  const answer: Answer = async (request, context) => {
    const actor = await actorFromHeaders(request.headers);
    if (!actor)
      throw new AppError('not-signed-in', 'Sign in, or send an API token as "Authorization: Bearer …".');
    if (actor.via === 'session' && !SAFE_METHODS.has(request.method)) assertSameOrigin(request);
    requirePermission(actor, options.permission);
    const result = await options.handler({
      actor,
      request,
      params: parse(options.params, (await context.params) ?? {}) as z.output<P>,
      query: parse(options.query, queryOf(request)) as z.output<Q>,
      body: (options.body ? parse(options.body, await readJson(request)) : {}) as z.output<B>,
    });
    return result instanceof Response ? result : jsonResponse(result);
  };
  return async (request, context) => {
    const response = await answer(request, context).catch(problemResponse);
    countRequest(request.method, response.status);
    return response;
  };
}

type Answer = (request: Request, context: Context) => Promise<Response>;

function parse(schema: Schema | undefined, value: unknown): unknown {
  return (schema ?? empty).parse(value);
}

function queryOf(request: Request): Record<string, string | string[]> {
  const { searchParams } = new URL(request.url);
  return Object.fromEntries(
    [...new Set(searchParams.keys())].map((name) => {
      const [first = '', ...more] = searchParams.getAll(name);
      return [name, more.length === 0 ? first : [first, ...more]];
    }),
  );
}
