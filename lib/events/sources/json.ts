import { allValues } from './foreign.ts';
import { alias, type LogSource } from './source.ts';

/** JSON that no log form claims: its keys are its fields, as after Splunk's KV_MODE=json. Chosen by the record's form. */
export const json: LogSource = {
  name: 'JSON',
  claims: () => false,
  isForeign: true,
  fields: {
    _raw: alias('_raw'),
    sourcetype: (record) => allValues(record, 'sourcetype') ?? '_json',
  },
};
