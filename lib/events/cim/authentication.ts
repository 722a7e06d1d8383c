import type { SearchableEvent } from '../event.ts';
import { assetFields, cimObject, identityFields } from './object.ts';
import { hasTags } from './tags.ts';

const succeeded = (event: SearchableEvent) => event.get('action') === 'success';
const failed = (event: SearchableEvent) => event.get('action') === 'failure';
const isPrivileged = (event: SearchableEvent) => hasTags(event, ['privileged']);
const isDefault = (event: SearchableEvent) => hasTags(event, ['default']);
const isInsecure = (event: SearchableEvent) => hasTags(event, ['cleartext']) || hasTags(event, ['insecure']);

/** `Authentication.Authentication`: Security 4624, 4625, 4648, 4672, 4768, 4769, 4771, 4776 and alike. */
export const authentication = cimObject({
  name: 'Authentication.Authentication',
  tags: ['authentication'],
  fields: [
    'authentication_method',
    'authentication_service',
    'dest_nt_domain',
    'duration',
    'method',
    'reason',
    'response_time',
    'signature',
    'signature_id',
    'src_nt_domain',
    'src_user_id',
    'src_user_role',
    'src_user_type',
    'user_agent',
    'user_id',
    'user_role',
    'user_type',
    'vendor_account',
    ...assetFields('dest'),
    ...assetFields('src'),
    ...identityFields('src_user'),
    ...identityFields('user'),
  ],
  defaulted: ['action', 'app', 'dest', 'src', 'src_user', 'user'],
  children: {
    Successful_Authentication: succeeded,
    Failed_Authentication: failed,
    Default_Authentication: isDefault,
    Insecure_Authentication: isInsecure,
    Privileged_Authentication: isPrivileged,
  },
});
