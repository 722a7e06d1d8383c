import type { DataItem } from '#lib/evidence/record.ts';

const TYPES = [
  'REG_NONE',
  'REG_SZ',
  'REG_EXPAND_SZ',
  'REG_BINARY',
  'REG_DWORD',
  'REG_DWORD_BIG_ENDIAN',
  'REG_LINK',
  'REG_MULTI_SZ',
  'REG_RESOURCE_LIST',
  'REG_FULL_RESOURCE_DESCRIPTOR',
  'REG_RESOURCE_REQUIREMENTS_LIST',
  'REG_QWORD',
] as const;

/** Of a text this much is kept. */
const TEXT_LENGTH_MAX = 32_768;
/** Of a binary value this many bytes are shown. */
const BINARY_SHOWN_BYTES = 1024;

/** What a registry key or one of its values says. */
export type RegistryFact = {
  /** With the name of the value, as Sysmon has it. */
  readonly path: string;
  readonly keyName: string;
  readonly valueName?: string;
  readonly value?: { readonly type: number; readonly bytes: Buffer };
  readonly isDeleted?: boolean;
  /** Of the task that the key stands for. */
  readonly taskName?: string;
};

/** Values of a record under CIM's names of registry events. */
export function registryData(fact: RegistryFact): readonly DataItem[] {
  const { path, keyName, valueName, value, isDeleted = false, taskName } = fact;
  const data: DataItem[] = [
    ['registry_path', path],
    ['registry_key_name', keyName],
  ];
  if (valueName !== undefined) data.push(['registry_value_name', valueName]);
  if (value) {
    data.push(['registry_value_type', TYPES[value.type] ?? `0x${value.type.toString(16)}`]);
    data.push(['registry_value_data', valueText(value.type, value.bytes)]);
  }
  if (taskName !== undefined) data.push(['TaskName', taskName]);
  data.push(['action', isDeleted ? 'deleted' : 'modified']);
  return data;
}

/** A value as Sysmon writes it: numbers as 0x00000001, texts as they are, anything else in hexadecimal. */
function valueText(type: number, bytes: Buffer): string {
  switch (TYPES[type]) {
    case 'REG_SZ':
    case 'REG_EXPAND_SZ':
    case 'REG_LINK':
    case 'REG_MULTI_SZ': {
      const text = bytes.toString('utf16le', 0, bytes.length & ~1).replace(/\0+$/, '');
      return cut(text.replaceAll('\0', '\n'), TEXT_LENGTH_MAX);
    }
    case 'REG_DWORD':
      if (bytes.length === 4) return hexadecimal(BigInt(bytes.readUInt32LE()), 8);
      break;
    case 'REG_DWORD_BIG_ENDIAN':
      if (bytes.length === 4) return hexadecimal(BigInt(bytes.readUInt32BE()), 8);
      break;
    case 'REG_QWORD':
      if (bytes.length === 8) return hexadecimal(bytes.readBigUInt64LE(), 16);
      break;
  }
  return cut(bytes.subarray(0, BINARY_SHOWN_BYTES + 1).toString('hex'), BINARY_SHOWN_BYTES * 2);
}

function hexadecimal(value: bigint, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
