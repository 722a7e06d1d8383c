import { describe, expect, it } from 'vitest';
import { hostResolver } from './resolve.ts';

const resolve = (name: string, hosts: readonly string[], named: readonly string[] = [name]) =>
  hostResolver(
    hosts.map((host) => ({ name: host, id: `id of ${host}` })),
    named,
  )(name);

describe('hostResolver', () => {
  it('knows a host by its name in any letters', () => {
    expect(resolve('SRV1', ['srv1', 'srv2'])).toBe('id of srv1');
    expect(resolve('SRV1.corp.example.', ['srv1.corp.example'])).toBe('id of srv1.corp.example');
  });

  it('joins a short name to the only full name that begins with it', () => {
    expect(resolve('SRV1', ['srv1.corp.example'])).toBe('id of srv1.corp.example');
    expect(resolve('SRV1', ['srv1.corp.example', 'srv1.lab.example'])).toBeNull();
    expect(resolve('SRV', ['srv1.corp.example'])).toBeNull();
  });

  it('joins a full name to a host that is known by its short name alone', () => {
    expect(resolve('SRV1.corp.example', ['srv1'])).toBe('id of srv1');
    expect(resolve('SRV1.lab.example', ['srv1', 'srv1.corp.example'])).toBeNull();
    expect(resolve('SRV1.lab.example', ['srv1'], ['srv1.lab.example', 'srv1.corp.example'])).toBeNull();
  });

  it('takes an address as a whole', () => {
    expect(resolve('10.0.0.7', ['10.0.0.7'])).toBe('id of 10.0.0.7');
    expect(resolve('10.0.0.7', ['10'])).toBeNull();
    expect(resolve('10', ['10.0.0.7'])).toBeNull();
  });
});
