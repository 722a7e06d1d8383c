import { expect, it } from 'vitest';
import { hostName, shortHostName } from './names.ts';

it.each([
  ['WIN10-02.Offsec.LAN', 'win10-02.offsec.lan'],
  ['fs03.', 'fs03'],
  [' dc1 ', 'dc1'],
  ['', 'unknown'],
  [' ', 'unknown'],
  ['.', 'unknown'],
  [null, 'unknown'],
])('keeps the host %j as %j', (logged, name) => {
  expect(hostName(logged)).toBe(name);
});

it.each([
  ['win10-02.offsec.lan', 'win10-02'],
  ['fs03', 'fs03'],
  ['10.0.0.7', '10.0.0.7'],
  ['fe80::1', 'fe80::1'],
])('shortens %s to %s', (name, short) => {
  expect(shortHostName(name)).toBe(short);
});
