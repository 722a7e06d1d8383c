/**
 * `npm run bench -- --filters`: the time in which 1,000 filter rules are asked of 100,000 findings, in CPU seconds, and how many
 * times faster that is than asking each rule of each finding.
 */
import { compileFilter, rowEvent } from '#lib/filters/compile.ts';
import { askEach, FilterIndex, type ScopedRule, type Subject } from '#lib/filters/match.ts';

const RULES = 1_000;
const FINDINGS = 100_000;
/** Asking each takes long: every so many findings stand for all. */
const SAMPLED = 50;
const HOSTS = 400;
const USERS = 300;

/** Numbers below `bound` that look like chance and are the same each time. */
function seeded(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return Math.floor((state / 4_294_967_296) * bound);
  };
}

const next = seeded(20_240_305);
const host = () => `win10-${next(HOSTS)}.corp.example`;
const user = () => `CORP\\svc-${next(USERS)}`;

/** In the shapes that people write; one in four has no equality to be found by. */
function ruleText(number: number): string {
  switch (number % 8) {
    case 0:
    case 1:
      return `search NOT (dest="${host()}" user="${user().replace('\\', '\\\\')}")`;
    case 2:
      return `search NOT (dest IN ("${host()}", "${host()}", "${host()}") ScriptBlockText="Get-Job ${next(5_000)}*")`;
    case 3:
      return `search NOT ((dest="${host()}" user="*-${next(USERS)}") OR (dest="${host()}" ScriptBlockText="*inventory ${next(5_000)}*"))`;
    case 4:
      return `search NOT dest="${host()}" | search NOT user="CORP\\\\svc-${next(USERS)}"`;
    case 5:
      return `search NOT (user="CORP\\\\svc-${next(30)}*" dest="win10-${next(40)}*")`;
    case 6:
      return `eval _match1=if(match(user, "^CORP.svc-${next(USERS)}$"), 1, 0) | search NOT (_match1=1 dest="${host()}")`;
    default:
      return `search NOT (dest="win10-${next(40)}*" ScriptBlockText="*inventory ${next(5_000)}*")`;
  }
}

function finding(): Subject {
  const script = `Get-Job ${next(5_000)} | inventory ${next(5_000)} ${'x'.repeat(next(300))}`;
  const dest = host();
  return {
    detectionId: `detection-${next(9)}`,
    host: dest,
    firstTicks: null,
    lastTicks: null,
    row: rowEvent([
      ['dest', dest],
      ['user', user()],
      ['ScriptBlockText', script],
      ['EventCode', '4104'],
      ['count', next(9)],
    ]),
  };
}

const rules = Array.from(
  { length: RULES },
  (_, number): ScopedRule => ({
    filter: compileFilter(ruleText(number), new Map()),
    scope: { detectionIds: [], exceptDetectionIds: [], hosts: [], fromTicks: null, toTicks: null },
  }),
);
const findings = Array.from({ length: FINDINGS }, finding);

function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user: own, system } = process.cpuUsage(before);
  return (own + system) / 1e6;
}

const sample = findings.filter((_, index) => index % SAMPLED === 0);
let asked = 0;
const plain = cpuSeconds(() => {
  for (const one of sample) asked += askEach(rules, one).length;
});
let covered = 0;
let coveredOfSample = 0;
const indexed = cpuSeconds(() => {
  const index = new FilterIndex(rules);
  for (const [place, one] of findings.entries()) {
    const { length } = index.rulesCovering(one);
    covered += length;
    if (place % SAMPLED === 0) coveredOfSample += length;
  }
});
if (asked !== coveredOfSample) throw new Error(`the index finds ${coveredOfSample}, asking each ${asked}`);
process.stdout.write(
  `${RULES} rules over ${FINDINGS} findings: ${indexed.toFixed(2)} s, ${covered} hits; ${((plain * SAMPLED) / indexed).toFixed(1)} times faster than asking each (${(plain * SAMPLED).toFixed(1)} s, from every ${SAMPLED}th finding)\n`,
);
