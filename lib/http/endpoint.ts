import type { z } from 'zod';
import type { Access } from './access.ts';

/** One method and path of the HTTP API. */
export type Endpoint = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters in braces: `/api/v1/findings/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly permission: Access;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** Body of type application/json, unless `bodyType` says another. */
  readonly body?: z.ZodType;
  readonly bodyType?: string;
  /** Status of success; 200 when not given. */
  readonly status?: number;
  /** Answer of type application/json, unless `responseType` says another. */
  readonly response?: z.ZodType;
  readonly responseType?: string;
};
