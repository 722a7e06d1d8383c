import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchEnvironment } from '#lib/content/environment.ts';
import { loadContent } from '#lib/content/load.ts';
import type { LookupTable, SearchEnvironment } from '#lib/spl/types.ts';
import { prove } from './prove.ts';

const tools: LookupTable = {
  name: 'tools',
  columns: ['tool', 'path', 'is_bad'],
  rows: [
    ['*cat*', 'C:\\cats\\*', 'yes'],
    ['dog.exe', '*', 'maybe'],
  ],
  matchTypes: { tool: 'WILDCARD', path: 'WILDCARD' },
  isCaseSensitive: false,
  maxMatches: 1,
  defaultMatch: 'no',
};
const base = searchEnvironment(loadContent());
const environment: SearchEnvironment = { ...base, lookups: new Map([[tools.name, tools]]) };

const fromProcesses = '| tstats count from datamodel=Endpoint.Processes where';
const byProcess = 'by Processes.dest Processes.process Processes.process_name';

describe('a search is proved by events that satisfy it and by a broken term', () => {
  const searches = {
    'terms on fields': 'EventCode=1 Image="*\\\\at.exe" CommandLine IN ("*/every*", "*/next*") NOT User="*$"',
    'several patterns of one field': 'Path="C:\\\\Temp\\\\*" Path="*drop*" Path="*.exe" Path!="*safe*"',
    'alternatives that exclude each other': '(EventCode=1 a=x) OR (EventCode=2 b=y) EventCode=2',
    'words in the raw text': '"shadow copy" TERM(delete) OR vssadmin',
    'numbers and networks': 'size>100 size<=200 src="10.1.0.0/16"',
    'a data model': `${fromProcesses} Processes.process_name="at.exe" Processes.process="* /every*" ${byProcess}`,
    'functions of where':
      'a=1 | where like(b, "%x_y%") AND match(c, "^\\\\d{3}-[a-f]+$") AND isnotnull(d) AND e!="z"',
    'calculated fields':
      'a=1 | eval size=round(bytes/1024, 0), kind=if(size>10, "big", "small") | where kind="big"',
    'cases and lengths':
      'a=1 | eval l=len(b), k=case(l<5, "short", l<10, "middle", true(), "long") | search k=middle',
    'parts of a path':
      'a=1 | eval parts=split(p, "\\\\"), n=mvcount(parts), last=mvindex(parts, 2) | where n=3 AND last="x.dll"',
    counts: 'EventCode=4625 | stats count dc(user) as users by src | where count>=20 AND users>5',
    'counts of groups': `${fromProcesses} Processes.process_name="net.exe" ${byProcess} | stats count by Processes.dest | where count>3`,
    'distinct alternatives':
      'cmd IN ("whoami*", "net *", "ipconfig") | stats dc(cmd) as n by host | where n>2',
    'fields taken out by an expression':
      'a=1 | rex field=m "service (?<svc>\\\\w+) entered (?<state>\\\\w+)" | where state="running" | stats count by svc',
    'renamed fields': '"data.kind"=login | rename data.* as * | search user=adm* | stats count by user',
    'a lookup': 'a=1 | lookup tools tool as name path as place OUTPUT is_bad | search is_bad=yes',
    'a lookup that finds nothing': 'a=1 | lookup tools tool as name OUTPUT is_bad | search is_bad=no',
    'a subsearch of a lookup':
      '[| inputlookup tools | rename tool as name | table name] a=1 | stats count by name',
    'a join': `${fromProcesses} Processes.process_name="a.exe" by Processes.process_guid Processes.dest
      | rename Processes.* as * | join process_guid [| tstats count from datamodel=Endpoint.Filesystem
      where Filesystem.file_name="*.zip" by Filesystem.process_guid Filesystem.file_name | rename Filesystem.* as *]`,
    'a transaction':
      '(EventCode=4720 OR EventCode=4726) status=ok | transaction user startswith=(EventCode=4720) endswith=(EventCode=4726) | where duration<60',
    'what stands out from the average': `EventCode=4769 | bin _time span=5m | stats dc(service) as n by _time src
      | eventstats avg(n) as a stdev(n) as s by src | where n>10 AND n>a+3*s`,
    'nothing filled in': 'a=1 | fillnull value=none b | search b=none',
  };
  for (const [name, search] of Object.entries(searches)) {
    it(name, () => {
      expect(prove(search, environment)).toMatchObject({ status: 'proved' });
    });
  }

  it('every term of the first command is broken', () => {
    expect(prove('a=1 b=2 c=3 | stats count by d', environment)).toMatchObject({
      eventCount: 1,
      brokenTerms: 3,
    });
  });
});

describe('a search is not proved', () => {
  it('when its terms exclude each other', () => {
    for (const search of [
      'a=1 | where a=2',
      'a=x* NOT a=*',
      `${fromProcesses} Processes.dest=a ${byProcess} | where count<1`,
    ]) {
      expect(prove(search, environment), search).toMatchObject({ status: 'not proved' });
    }
  });

  it('when a later command drops what its terms need', () => {
    expect(prove('a=1 b=2 | stats count by a | where b=2', environment)).toMatchObject({
      reason: 'no events were found that satisfy its terms',
    });
  });

  it('when no term of it can be broken', () => {
    expect(prove('* | stats count by a', environment)).toMatchObject({
      reason: 'none of its terms could be broken alone',
    });
  });

  it('when it gives a row although a term is broken', () => {
    const search = 'a=1 | append [search c=2] | where c=2';
    expect(prove(search, environment)).toMatchObject({
      reason: 'it gives a row also when one of its terms is broken',
    });
  });
});

it('whatever a search says, proving ends without an exception', () => {
  const field = fc.constantFrom('a', 'b', '_raw', '_time', 'dest');
  const value = fc.constantFrom('1', '*', 'x*', '"*a b*"', '10.0.0.0/8', '""', '"\\\\"');
  const term = fc
    .tuple(fc.constantFrom('', 'NOT '), field, fc.constantFrom('=', '!=', '<', '>='), value)
    .map((parts) => parts.join(''));
  const filter = fc.array(term, { minLength: 1, maxLength: 5 }).map((terms) => `search ${terms.join(' ')}`);
  const command = fc.oneof(
    filter,
    fc.constantFrom(
      'stats count dc(a) as n by b',
      'where n>3',
      'where a=b OR isnull(a)',
      'eval a=coalesce(b, lower(a).b, 1+a)',
      'eval n=n*2-1',
      'rex field=a "(?<b>x+)(?<c>[^x]|$)"',
      'rename a as b',
      'rename * as x*',
      'table a b',
      'dedup a',
      'regex a!="^(x|y)*$"',
      'eventstats count by a',
      'fillnull',
      'mvexpand a',
      'lookup tools tool as a',
      'head 1',
      'transaction a startswith=(b=1)',
    ),
  );
  const search = fc
    .tuple(filter, fc.array(command, { maxLength: 5 }))
    .map(([first, rest]) => [first, ...rest].join(' | '));
  fc.assert(
    fc.property(search, (text) => {
      expect(['proved', 'not proved']).toContain(prove(text, environment).status);
    }),
    { numRuns: 150 },
  );
});
