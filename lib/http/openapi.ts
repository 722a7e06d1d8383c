import { z } from 'zod';
import { PERMISSIONS } from '#lib/auth/actor.ts';
import { ERROR_STATUS } from '#lib/errors.ts';
import type { Endpoint } from './endpoint.ts';

type JsonObject = { readonly [key: string]: unknown };

const PROBLEM: JsonObject = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { enum: Object.keys(ERROR_STATUS) },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened and what to do, in one or two sentences.' },
    details: { type: 'object', description: 'The field that is wrong, or what stands there now.' },
  },
};

const DESCRIPTION = [
  'Findings of scheduled jobs abused through the Windows at interface.',
  'The time of an event is given twice: as `…Ticks`, a decimal string of 100 ns since 1970-01-01T00:00:00Z, which',
  'is exact in every language, and as `…_time`, the same in ISO 8601 with 7 digits, UTC. Names that end in `At` are',
  'times of Jobsight itself. A page of a list gives `nextCursor` for the next one; it is null on the last.',
].join(' ');

/** The OpenAPI 3.1 document of these endpoints. */
export function openApiDocument(endpoints: readonly Endpoint[]): JsonObject {
  const paths = Object.entries(Object.groupBy(endpoints, ({ path }) => path)).map(([path, ofPath = []]) => [
    path,
    Object.fromEntries(ofPath.map((one) => [one.method.toLowerCase(), operationOf(one)])),
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Jobsight',
      version: 'v1',
      description: DESCRIPTION,
    },
    paths: Object.fromEntries(paths),
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token of `npm run -s token -- --role …`.' },
        session: { type: 'apiKey', in: 'cookie', name: 'jobsight.session_token' },
      },
    },
  };
}

function operationOf(endpoint: Endpoint): JsonObject {
  const { permission, summary, body, bodyType = 'application/json' } = endpoint;
  const isPublic = typeof permission === 'object';
  return {
    operationId: operationId(endpoint),
    summary,
    description: isPublic ? 'For everybody.' : `For the role ${PERMISSIONS[permission]} and above.`,
    security: isPublic ? [] : [{ token: [] }, { session: [] }],
    parameters: [...parametersOf('path', endpoint.params), ...parametersOf('query', endpoint.query)],
    ...(body ? { requestBody: { required: true, content: { [bodyType]: { schema: input(body) } } } } : {}),
    responses: {
      [String(endpoint.status ?? 200)]: successOf(endpoint),
      default: {
        description: 'An error.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function successOf({ status, response, responseType = 'application/json' }: Endpoint): JsonObject {
  if (status === 204) return { description: 'Done.' };
  const schema = response ? z.toJSONSchema(response, { io: 'output', unrepresentable: 'any' }) : {};
  return { description: 'Done.', content: { [responseType]: { schema: withoutDialect(schema) } } };
}

function parametersOf(place: 'path' | 'query', schema: z.ZodType | undefined): JsonObject[] {
  const { properties = {}, required = [] } = schema ? input(schema) : {};
  const names: unknown = required;
  return Object.entries(properties as JsonObject).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (Array.isArray(names) && names.includes(name)),
    schema: property,
  }));
}

/** What a client may send: before defaults and conversions. */
function input(schema: z.ZodType): JsonObject {
  return withoutDialect(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

/** OpenAPI 3.1 names the dialect once for all. */
function withoutDialect({ $schema: _, ...schema }: JsonObject): JsonObject {
  return schema;
}

/** `GET /api/v1/findings/{id}` becomes `getFindingsId`. */
function operationId({ method, path }: Endpoint): string {
  const words = path.replace(/^\/api\/v1/, '').split(/[^a-zA-Z0-9]+/);
  return method.toLowerCase() + words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
}
