import { describe, expect, it } from 'vitest';
import { accountNames } from './accounts.ts';
import { EntityIndex } from './entities.ts';
import { readEntityFile } from './entity-file.ts';

const IDENTITIES = [
  'identity,prefix,nick,first,last,email,priority,category,watchlist,sid,shoe size',
  'CORP\\adm|adm,Ms.,,Ada,"Mint, PhD",ada@corp.example,CRITICAL,privileged|finance,true,S-1-5-21-1-2-3-1001,38',
  '',
  ',,,No,Name,,low,,,,',
  'CORP\\svc,,,,,,urgent,,,,',
  'CORP\\old,,,,,,low,,,not-a-sid,',
  'corp\\ADM,,,,,,low,,,,',
  '"CORP\\multi',
  'line",,,,,,low,,,,',
  'CORP\\last,,,,,,low,,,,',
].join('\r\n');

describe('an identity list', () => {
  const file = readEntityFile('identity', 'people.csv', IDENTITIES);

  it('is read as Splunk ES writes it, several values of a column apart', () => {
    expect(file.rows[0]).toMatchObject({
      line: 2,
      keys: ['corp\\adm', 'adm', 'ada@corp.example', 's-1-5-21-1-2-3-1001'],
      columns: { last: ['Mint, PhD'], priority: ['critical'], category: ['privileged', 'finance'] },
    });
    expect(file.otherColumns).toEqual(['shoe size']);
  });

  it('names each line that cannot be used, and keeps the others', () => {
    expect(file.problems.map(({ line }) => line)).toEqual([4, 5, 6, 7]);
    expect(file.problems[0]?.message).toContain('nothing can be found by it');
    expect(file.problems[1]?.message).toContain('priority');
    expect(file.problems[2]?.message).toContain('SID');
    expect(file.problems[3]?.message).toContain('line 2');
    expect(file.rows.map(({ line }) => line)).toEqual([2, 8, 10]);
  });

  it('is refused as a whole when it has no column to find anything by', () => {
    expect(readEntityFile('asset', 'a.csv', 'nt_hots,priority\nx,low\n')).toMatchObject({
      rows: [],
      problems: [{ line: 1, message: expect.stringContaining('Did you mean "nt_host"?') }],
    });
    expect(readEntityFile('asset', 'a.csv', '').rows).toEqual([]);
    expect(readEntityFile('asset', 'a.csv', 'nt_host\n"open').problems[0]?.line).toBe(2);
  });

  it('does not take a column for a property that objects have', () => {
    const { rows } = readEntityFile('asset', 'a.csv', 'nt_host,__proto__,constructor\nx,1,2\n');
    expect(Object.keys(rows[0]?.columns ?? {})).toEqual(['nt_host', '__proto__', 'constructor']);
  });
});

describe('the one name of an account', () => {
  const none = new EntityIndex([]);
  const sid = 'S-1-5-21-1-2-3-1001';

  it('joins SID and name where events agree, and where the list says so', () => {
    const seen = [
      { sid, name: 'CORP\\adm' },
      { sid: sid.toLowerCase(), name: 'corp\\ADM' },
    ];
    const names = accountNames([sid, 'CORP\\adm'], seen, none);
    expect(names.get(sid)).toEqual({
      name: 'CORP\\adm',
      alias: { name: sid, from: 'events of the evidence' },
    });
    expect(names.get('CORP\\adm')).toEqual({ name: 'CORP\\adm', alias: null });
    const listed = new EntityIndex(readEntityFile('identity', 'people.csv', IDENTITIES).rows);
    const byList = accountNames([sid, 'adm', 'Corp\\Adm'], [], listed);
    expect([...byList.values()].map(({ name }) => name)).toEqual(['CORP\\adm', 'CORP\\adm', 'CORP\\adm']);
    expect(byList.get(sid)?.alias?.from).toBe('people.csv, line 2');
  });

  it('leaves apart what is not certain, and accounts that every host has', () => {
    const seen = [
      { sid, name: 'CORP\\adm' },
      { sid, name: 'OTHER\\adm' },
      { sid: 'S-1-5-18', name: 'CORP\\HOST$' },
    ];
    const names = accountNames([sid, 'S-1-5-18'], seen, none);
    expect([...names].every(([name, one]) => name === one.name)).toBe(true);
  });

  it('is the same in any order', () => {
    const logged = ['corp\\b', 'CORP\\B', sid, 'Corp\\b'];
    const seen = [{ sid, name: 'CORP\\b' }];
    expect(new Map(accountNames(logged.toReversed(), seen, none))).toEqual(accountNames(logged, seen, none));
    expect(new Set([...accountNames(logged, seen, none).values()].map(({ name }) => name)).size).toBe(1);
  });
});
