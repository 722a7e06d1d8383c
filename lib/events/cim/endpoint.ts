import { assetFields, cimObject, identityFields, textOf } from './object.ts';

/** `Endpoint.Services`: 7036, 7040 and 7045 of the service control manager. */
export const services = cimObject({
  name: 'Endpoint.Services',
  tags: ['service', 'report'],
  fields: [
    'description',
    'process_guid',
    'process_id',
    'service_dll',
    'service_dll_hash',
    'service_dll_path',
    'service_dll_signature_exists',
    'service_dll_signature_verified',
    'service_exec',
    'service_hash',
    'service_path',
    'service_signature_exists',
    'service_signature_verified',
    'start_mode',
    ...assetFields('dest'),
    ...identityFields('user'),
  ],
  defaulted: ['dest', 'service', 'service_id', 'service_name', 'status', 'user'],
});

/** `Endpoint.Ports`: no Windows event that we read is tagged listening and port. */
export const ports = cimObject({
  name: 'Endpoint.Ports',
  tags: ['listening', 'port'],
  fields: [
    'creation_time',
    'process_guid',
    'process_id',
    'state',
    ...assetFields('dest'),
    ...assetFields('src'),
    ...identityFields('user'),
  ],
  defaulted: ['dest', 'src', 'transport', 'user'],
  computed: {
    dest_port: (event) => textOf(event, 'dest_port') ?? 0,
    src_port: (event) => textOf(event, 'src_port') ?? 0,
    transport_dest_port: (event) =>
      `${textOf(event, 'transport') ?? 'unknown'}/${textOf(event, 'dest_port') ?? 0}`,
  },
});
