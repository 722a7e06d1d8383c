import { SaxesParser } from 'saxes';

/** A task as its file in Windows\System32\Tasks has it ([MS-TSCH] 2.5, Task Scheduler Schema). */
export type Task = {
  /** The task's path in the scheduler, such as `\At1`. */
  readonly uri: string;
  readonly author: string;
  readonly date: string;
  readonly description: string;
  /** The account that it runs under. */
  readonly userId: string;
  readonly actions: readonly {
    readonly command: string;
    readonly arguments: string;
    readonly workingDirectory: string;
  }[];
  /** In words, for example `TimeTrigger from 2024-03-05T13:20:00`. */
  readonly triggers: readonly string[];
  /** Whether the XML has a mistake or ends too early; what stands behind that is not read. */
  readonly isBroken: boolean;
};

/** A real task has a few of each. */
const LIST_MAX = 100;
const VALUE_LENGTH_MAX = 65_536;

/** What is looked for, by its path below the root. Classes of COM handlers stand as commands. */
const SINGLE: ReadonlyMap<string, 'uri' | 'author' | 'date' | 'description' | 'userId'> = new Map([
  ['RegistrationInfo/URI', 'uri'],
  ['RegistrationInfo/Author', 'author'],
  ['RegistrationInfo/Date', 'date'],
  ['RegistrationInfo/Description', 'description'],
  ['Principals/Principal/UserId', 'userId'],
]);
const ACTION: ReadonlyMap<string, 'command' | 'arguments' | 'workingDirectory'> = new Map([
  ['Command', 'command'],
  ['ClassId', 'command'],
  ['Arguments', 'arguments'],
  ['Data', 'arguments'],
  ['WorkingDirectory', 'workingDirectory'],
]);

/** Never throws; what stands before an error is kept. Document types and their entities are not looked at. */
export function parseTask(text: string): Task {
  const values = { uri: '', author: '', date: '', description: '', userId: '' };
  const actions: { command: string; arguments: string; workingDirectory: string }[] = [];
  const triggers: { kind: string; start: string }[] = [];
  const path: string[] = [];
  let held = '';
  let isBroken = false;

  const parser = new SaxesParser();
  parser.on('error', () => {
    isBroken = true;
  });
  parser.on('opentag', ({ name }) => {
    if (isBroken) return;
    path.push(name.slice(name.indexOf(':') + 1));
    held = '';
    const [, section = '', item = ''] = path;
    if (path.length !== 3) return;
    if (section === 'Actions' && actions.length < LIST_MAX) {
      actions.push({ command: '', arguments: '', workingDirectory: '' });
    }
    if (section === 'Triggers' && triggers.length < LIST_MAX) triggers.push({ kind: item, start: '' });
  });
  const hold = (part: string): void => {
    if (held.length < VALUE_LENGTH_MAX) held += part.slice(0, VALUE_LENGTH_MAX - held.length);
  };
  parser.on('text', hold);
  parser.on('cdata', hold);
  parser.on('closetag', () => {
    if (isBroken) return;
    const value = held.trim();
    held = '';
    const single = SINGLE.get(path.slice(1).join('/'));
    if (single) values[single] ||= value;
    if (path.length === 4 && path[1] === 'Actions') {
      const field = ACTION.get(path[3] ?? '');
      const action = actions.at(-1);
      if (field && action) action[field] ||= value;
    }
    if (path.length === 4 && path[1] === 'Triggers' && path[3] === 'StartBoundary') {
      const trigger = triggers.at(-1);
      if (trigger) trigger.start ||= value;
    }
    path.pop();
  });
  parser.write(text);
  if (!isBroken) parser.close();
  return {
    ...values,
    actions: actions.filter(({ command }) => command !== ''),
    triggers: triggers.map(({ kind, start }) => (start === '' ? kind : `${kind} from ${start}`)),
    isBroken,
  };
}
