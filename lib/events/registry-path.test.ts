import { describe, expect, it } from 'vitest';
import { canonicalRegistryPath, splitRegistryPath } from './registry-path.ts';

describe('the canonical registry path', () => {
  it.each([
    ['HKLM\\SOFTWARE\\Microsoft', 'HKLM\\SOFTWARE\\Microsoft'],
    ['hklm\\SOFTWARE', 'HKLM\\SOFTWARE'],
    ['HKLM:\\SOFTWARE', 'HKLM\\SOFTWARE'],
    ['\\REGISTRY\\MACHINE\\SOFTWARE', 'HKLM\\SOFTWARE'],
    ['\\Registry\\Machine', 'HKLM'],
    ['MACHINE\\SOFTWARE', 'HKLM\\SOFTWARE'],
    ['HKEY_LOCAL_MACHINE\\SOFTWARE', 'HKLM\\SOFTWARE'],
    ['\\REGISTRY\\USER\\S-1-5-18\\x', 'HKU\\S-1-5-18\\x'],
    ['HKEY_USERS\\.DEFAULT', 'HKU\\.DEFAULT'],
    ['HKEY_CURRENT_USER\\x', 'HKCU\\x'],
    ['HKEY_CLASSES_ROOT\\x', 'HKCR\\x'],
    ['HKCC\\x', 'HKCC\\x'],
  ])('of %s is %s', (logged, canonical) => {
    expect(canonicalRegistryPath(logged)).toBe(canonical);
  });

  it.each(['HKLMX\\a', 'SOFTWARE\\a', '\\REGISTRY\\A\\{guid}', '', 'C:\\REGISTRY\\MACHINE'])(
    'leaves %j as it is',
    (path) => {
      expect(canonicalRegistryPath(path)).toBe(path);
    },
  );

  it('of a canonical path is itself', () => {
    for (const path of ['\\REGISTRY\\MACHINE\\MACHINE\\a', 'HKEY_USERS\\HKLM', 'MACHINE\\HKU']) {
      const canonical = canonicalRegistryPath(path);
      expect(canonicalRegistryPath(canonical)).toBe(canonical);
    }
  });
});

it('splits a path at its last backslash', () => {
  expect(splitRegistryPath('HKLM\\a\\b')).toEqual({ parent: 'HKLM\\a', last: 'b' });
  expect(splitRegistryPath('b')).toEqual({ parent: '', last: 'b' });
  expect(splitRegistryPath('HKLM\\')).toEqual({ parent: 'HKLM', last: '' });
});
