import { describe, expect, it } from 'vitest';
import type { ColumnMapping } from '#lib/evidence/mapping/mapping.ts';
import { ROLES, roleOf, withRole } from './mapping-roles.ts';

const mapping: ColumnMapping = {
  time: { column: 'a', format: 'epoch-ms', zone: null },
  raw: 'b',
  fields: { host: 'c', user: 'd' },
};

describe('roles of columns', () => {
  it('are those of the mapping', () => {
    expect(['a', 'b', 'c', 'd', 'e'].map((column) => roleOf(mapping, column))).toEqual([
      'time',
      'raw',
      'host',
      'user',
      'none',
    ]);
  });

  it('given to a column are its only one, and no other column has them', () => {
    for (const column of ['a', 'b', 'c', 'e']) {
      for (const role of ROLES) {
        const changed = withRole(mapping, column, role);
        expect(roleOf(changed, column)).toBe(role);
        const others = ['a', 'b', 'c', 'd', 'e'].filter((one) => one !== column);
        for (const other of others) {
          const before = roleOf(mapping, other);
          expect(roleOf(changed, other)).toBe(before === role ? 'none' : before);
        }
      }
    }
    expect(withRole(mapping, 'e', 'time').time).toEqual({ column: 'e', format: 'epoch-ms', zone: null });
  });
});
