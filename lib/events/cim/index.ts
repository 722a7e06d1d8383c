import type { DataModelObject } from '#lib/spl/types.ts';
import { registry } from './registry.ts';

/** All data model objects, by name. A new one is a file beside this one and a place here. */
export const DATA_MODELS: ReadonlyMap<string, DataModelObject> = new Map(
  [registry].map((object) => [object.name, object]),
);
