import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { ENDPOINTS } from './endpoints.ts';
import { openApiDocument } from './openapi.ts';

const changeThing = {
  method: 'PATCH',
  path: '/api/v1/things/{id}',
  summary: 'Changes a thing.',
  permission: 'triage',
  params: z.object({ id: z.uuid() }),
  query: z.object({ limit: z.coerce.number().int().max(10).default(5), since: z.string() }),
  body: z.strictObject({ name: z.string().trim().max(20) }),
  status: 202,
  response: z.object({ size: z.bigint(), name: z.string() }),
} as const satisfies Endpoint;

describe('openApiDocument', () => {
  it('describes inputs by the schemas that the route parses with', () => {
    const { paths } = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.any())) })
      .parse(openApiDocument([changeThing]));
    const operation = paths['/api/v1/things/{id}']?.patch;
    expect(operation.operationId).toBe('patchThingsId');
    expect(operation.parameters).toMatchObject([
      { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
      { name: 'limit', in: 'query', required: false, schema: { maximum: 10 } },
      { name: 'since', in: 'query', required: true },
    ]);
    expect(operation.requestBody.content['application/json'].schema).toMatchObject({
      additionalProperties: false,
      properties: { name: { type: 'string', maxLength: 20 } },
    });
    expect(operation.responses['202'].content['application/json'].schema.required).toEqual(['size', 'name']);
    expect(operation.description).toContain('analyst');
  });

  it('is JSON, with every path parameter described and every operation id once', () => {
    const text = JSON.stringify(openApiDocument(ENDPOINTS));
    const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
    expect(ids).toHaveLength(ENDPOINTS.length);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, params } of ENDPOINTS) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const described = params ? Object.keys(z.toJSONSchema(params, { io: 'input' }).properties ?? {}) : [];
      expect(described.sort(), path).toEqual(inPath.sort());
    }
  });
});

describe('the document of this API', () => {
  const document = openApiDocument(ENDPOINTS);

  it('refers only to what it holds', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path = '']) => path,
    );
    expect(references.length).toBeGreaterThan(0);
    for (const path of new Set(references)) {
      const target = path.split('/').reduce<unknown>((at, name) => Object(at)[name], document);
      expect(target, path).toBeTypeOf('object');
    }
  });

  it('says who may call each operation, what it answers, and that errors are problem documents', () => {
    const { paths } = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.any())) })
      .parse(document);
    for (const { method, path, permission, status = 200, response } of ENDPOINTS) {
      const operation = paths[path]?.[method.toLowerCase()];
      expect(operation.security, path).toHaveLength(typeof permission === 'string' ? 2 : 0);
      expect(Object.keys(operation.responses), path).toEqual([String(status), 'default']);
      expect(operation.responses.default.content).toHaveProperty(['application/problem+json']);
      const schema = operation.responses[status].content?.['application/json']?.schema;
      if (response) expect(schema.required.length, path).toBeGreaterThan(0);
    }
  });

  it('describes an upload as a form with files, and a deletion as an answer without content', () => {
    const { paths } = z.object({ paths: z.record(z.string(), z.any()) }).parse(document);
    const upload = paths['/api/v1/evidence'].post;
    expect(upload.requestBody.content['multipart/form-data'].schema.properties.file).toMatchObject({
      type: 'array',
      items: { type: 'string', format: 'binary' },
    });
    expect(upload.responses).toHaveProperty('202');
    expect(paths['/api/v1/evidence/{id}'].delete.responses['204'].content).toBeUndefined();
  });
});
