import { assetFields, cimObject, identityFields } from './object.ts';
import { nameOrProgram } from './processes.ts';

/** `Endpoint.Filesystem`: Sysmon 2, 11, 23 and 26, Security 4663 of a file, and what others tag endpoint and filesystem. */
export const filesystem = cimObject({
  name: 'Endpoint.Filesystem',
  tags: ['endpoint', 'filesystem'],
  fields: [
    'file_access_time',
    'file_create_time',
    'file_modify_time',
    'process_exec',
    'process_guid',
    'process_hash',
    'process_id',
    'process_path',
    ...assetFields('dest'),
    ...identityFields('user'),
  ],
  defaulted: [
    'action',
    'dest',
    'file_acl',
    'file_hash',
    'file_name',
    'file_path',
    'parent_process',
    'process',
    'user',
  ],
  computed: {
    parent_process_name: (event) => nameOrProgram(event, 'parent_process_name', 'parent_process'),
    process_name: (event) => nameOrProgram(event, 'process_name', 'process'),
    // if(isnum(file_size), file_size, null())
    file_size: (event) => {
      const size = event.get('file_size');
      return typeof size === 'number' || (typeof size === 'string' && /^\d+$/.test(size)) ? size : null;
    },
  },
  verbatim: ['file_name', 'file_path', 'process_path', 'process_name'],
});
