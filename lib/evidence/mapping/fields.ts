/** What a column can be beside the time and a whole event. */
export const MAPPED_FIELDS = [
  'host',
  'eventId',
  'channel',
  'provider',
  'recordId',
  'user',
  'scriptText',
  'message',
  'registryPath',
  'registryValueName',
  'registryValueData',
  'registryValueType',
  'process',
  'commandLine',
  'parentProcess',
] as const;
export type MappedField = (typeof MAPPED_FIELDS)[number];

/** `iso`: as log sources and exporters write times, ISO 8601 first of all; `filetime`: 100 ns since 1601 UTC. */
export const TIME_FORMATS = ['iso', 'epoch-s', 'epoch-ms', 'epoch-us', 'epoch-ns', 'filetime'] as const;
