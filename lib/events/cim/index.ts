import type { DataModelObject } from '#lib/spl/types.ts';
import { authentication } from './authentication.ts';
import { allChanges } from './change.ts';
import { ports, services } from './endpoint.ts';
import { filesystem } from './filesystem.ts';
import { allSessions, allTraffic, dns } from './network.ts';
import { processes } from './processes.ts';
import { registry } from './registry.ts';
import { WITHOUT_EVENTS } from './without-events.ts';

/** All data model objects. A new one is a file beside this one and a place here. */
const OBJECTS: readonly DataModelObject[] = [
  registry,
  processes,
  filesystem,
  services,
  ports,
  allTraffic,
  dns,
  allSessions,
  authentication,
  allChanges,
  ...WITHOUT_EVENTS,
];

/**
 * Data model objects by the names that searches give them: `Endpoint.Registry`, or the model alone where it has one root
 * dataset (`Change` means `Change.All_Changes`). Endpoint has five, so its name alone is no name.
 */
export const DATA_MODELS: ReadonlyMap<string, DataModelObject> = new Map(
  OBJECTS.flatMap((object) => {
    const model = object.name.slice(0, object.name.indexOf('.'));
    const names = model === 'Endpoint' ? [object.name] : [object.name, model];
    return names.map((name) => [name, object] as const);
  }),
);
