import { assetFields, cimObject, identityFields } from './object.ts';

/**
 * `Endpoint.Registry`: what the add-ons tag endpoint and registry, Sysmon 12 to 14 and Security 4657, and what other log
 * sources tag so. A read is no change of the registry and is left out, though the model would take it.
 */
export const registry = cimObject({
  name: 'Endpoint.Registry',
  tags: ['endpoint', 'registry'],
  accepts: (event) => event.get('action') !== 'read',
  fields: [
    'process_guid',
    'process_id',
    'registry_hive',
    'registry_value_text',
    'status',
    ...assetFields('dest'),
    ...identityFields('user'),
  ],
  defaulted: [
    'action',
    'dest',
    'registry_path',
    'registry_key_name',
    'registry_value_data',
    'registry_value_name',
    'registry_value_type',
    'user',
  ],
  // Parts of TargetObject (Sysmon) or of ObjectName and ObjectValueName (Security), as they stand in the raw text.
  verbatim: ['registry_path', 'registry_value_name', 'registry_key_name'],
});
