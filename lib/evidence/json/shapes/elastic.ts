import { at, filledText, isObject, type JsonObject } from '../values.ts';
import { rawAndFields, timeOf } from './plain.ts';
import { type Shape, systemOf } from './shape.ts';

/** Marks the records, which have no channel of Windows. */
export const ELASTIC_CHANNEL = 'Elastic Defend';

/**
 * Elastic Defend's events and others in Elastic's common schema that are no Windows log records. The event id is that of
 * the Sysmon or PowerShell event that tells the same, null where none does: a read of the registry is no write.
 */
export const elastic: Shape = (document, text, times) => {
  const source = at(document, '_source');
  const value = isObject(source) ? source : document;
  const first = (path: string) => filledText(at(value, path));
  const isEcs =
    at(value, 'event') !== undefined || first('event.action') !== null || first('event.category') !== null;
  const isFromAgent = ['ecs.version', 'agent.type', 'data_stream.dataset', 'event.category'].some(
    (key) => first(key) !== null,
  );
  if (first('@timestamp') === null || !isEcs || !isFromAgent) return null;
  const { systemTime, ...time } = timeOf(value, times);
  return {
    form: 'elastic',
    ...time,
    system: systemOf({
      providerName: first('data_stream.dataset') ?? first('event.dataset') ?? kindOf(value),
      eventId: equivalentEvent(value),
      systemTime,
      channel: ELASTIC_CHANNEL,
      computer: first('host.name') ?? first('host.hostname') ?? first('agent.name'),
      userId: first('user.id'),
    }),
    data: () => rawAndFields(value, text),
    userDataXml: null,
  };
};

type Kind = 'registry' | 'process' | 'file' | 'script' | 'other';

function kindOf(value: JsonObject): Kind {
  if (filledText(at(value, 'powershell.file.script_block_text')) !== null) return 'script';
  const categories = textsAt(value, 'event.category');
  if (categories.includes('registry') || filledText(at(value, 'registry.path')) !== null) return 'registry';
  if (categories.includes('process')) return 'process';
  return categories.includes('file') ? 'file' : 'other';
}

function equivalentEvent(value: JsonObject): number | null {
  const words = new Set([...textsAt(value, 'event.type'), ...textsAt(value, 'event.action')]);
  const says = (...any: string[]) => any.some((word) => words.has(word));
  switch (kindOf(value)) {
    case 'script':
      return 4104;
    case 'registry':
      if (says('modification', 'change')) return 13;
      return says('creation', 'deletion') ? 12 : null;
    case 'process':
      if (says('start', 'exec', 'process_started')) return 1;
      return says('end', 'process_stopped') ? 5 : null;
    case 'file':
      if (says('deletion')) return 23;
      return says('creation', 'overwrite', 'rename', 'change', 'modification') ? 11 : null;
    case 'other':
      return null;
  }
}

function textsAt(value: JsonObject, path: string): readonly string[] {
  const found = at(value, path);
  if (typeof found === 'string') return [found.toLowerCase()];
  return Array.isArray(found)
    ? found.flatMap((one) => (typeof one === 'string' ? [one.toLowerCase()] : []))
    : [];
}
