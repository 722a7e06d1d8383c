import type { DataItem } from '#lib/evidence/record.ts';

const FIRST_LINE = /^Creating Scriptblock text \((\d{1,9}) of (\d{1,9})\):\r?\n/;
const SCRIPT_BLOCK_ID = 'ScriptBlock ID: ';
const PATH = 'Path: ';

/** The values of a 4104 from its English message; null when it is another message. */
export function scriptBlockFromMessage(message: string): readonly DataItem[] | null {
  const first = FIRST_LINE.exec(message);
  const id = message.lastIndexOf(SCRIPT_BLOCK_ID);
  if (!first || id < first[0].length) return null;
  const text = message.slice(first[0].length, id).replace(/\r?\n\r?\n$/, '');
  const rest = message.slice(id + SCRIPT_BLOCK_ID.length);
  const lineEnd = rest.search(/\r?\n/);
  const path = rest.indexOf(PATH);
  return [
    ['MessageNumber', first[1] ?? ''],
    ['MessageTotal', first[2] ?? ''],
    ['ScriptBlockText', text],
    ['ScriptBlockId', (lineEnd < 0 ? rest : rest.slice(0, lineEnd)).trim()],
    ['Path', path < 0 ? '' : rest.slice(path + PATH.length).trim()],
  ];
}

/** The values of a Sysmon event from its message: a title, then `Name: value` lines. */
export function sysmonFromMessage(message: string): readonly DataItem[] {
  const items: [string, string][] = [];
  for (const line of message.split(/\r?\n/).slice(1)) {
    const name = /^([A-Za-z0-9]{1,40}):(?: |$)/.exec(line);
    const last = items.at(-1);
    if (name) items.push([name[1] ?? '', line.slice(name[0].length)]);
    else if (last) last[1] += `\n${line}`;
  }
  return items;
}
