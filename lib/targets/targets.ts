import { type Token, tokensOf, variableAt } from './tokens.ts';

/** What a script or command line says about where it acts. */
export type Targets = {
  /** Names and addresses of other hosts, lower case, in the order in which they are named first. */
  readonly remote: readonly string[];
  /** Whether it names the host that it runs on, or no host at all. */
  readonly isLocal: boolean;
};

/**
 * The hosts that a script block or a command line names as remote targets, lower case: `-ComputerName`, `-CimSession`,
 * `\\HOST\root…` and `winmgmts:` paths, `at \\host`, `wmic /node:`, `winrs /r:`, `schtasks /s`. A variable counts when the
 * text assigns it one literal. The host itself (localhost, `.`, loopback, COMPUTERNAME) is none.
 */
export function targetsOf(text: string): readonly string[] {
  return readTargets(text).remote;
}

export function readTargets(text: string): Targets {
  const reader = new Reader();
  reader.read(text);
  return reader.targets();
}

/** More hosts, or more variables, than this are not looked at. */
const MAX_HOSTS = 1_000;
const MAX_VARIABLES = 10_000;
/** A quoted text may be a script itself: `cmd /c "powershell -c '…'"`. */
const MAX_DEPTH = 3;
const HOST_MAX_LENGTH = 255;

type Item = { readonly kind: 'literal' | 'variable'; readonly value: string };

/** Commands whose first argument is `\\host`. */
const UNC_COMMANDS = new Set(['at', 'psexec', 'psexec64', 'paexec']);
/** Commands whose first argument is a computer when it has no name. */
const POSITIONAL_COMMANDS = new Set([
  'new-cimsession',
  'ncms',
  'new-pssession',
  'nsn',
  'enter-pssession',
  'etsn',
]);

class Reader {
  readonly #found: Item[] = [];
  /** Null: assigned more than once, or not a literal. */
  readonly #variables = new Map<string, readonly Item[] | null>();
  readonly #nested: { text: string; depth: number }[] = [];
  #tokens: Iterator<Token, void> = [][Symbol.iterator]();
  #next: Token | null = null;
  #depth = 0;

  read(text: string): void {
    this.#nested.push({ text, depth: 0 });
    for (let job = this.#nested.pop(); job; job = this.#nested.pop()) {
      this.#depth = job.depth;
      this.#tokens = tokensOf(job.text);
      this.#advance();
      this.#readCommands();
    }
  }

  targets(): Targets {
    const remote = new Set<string>();
    let isLocal = false;
    for (const item of this.#found) {
      for (const name of this.#resolve(item)) {
        if (isOwnName(name)) isLocal = true;
        else if (isHostName(name) && remote.size < MAX_HOSTS) remote.add(name);
      }
    }
    return { remote: [...remote], isLocal: isLocal || remote.size === 0 };
  }

  #readCommands(): void {
    let command: string | null = null;
    for (let token = this.#take(); token; token = this.#take()) {
      if (token.kind === 'mark') {
        if (token.value === 'end' || token.value === '(') command = null;
      } else if (token.kind === 'variable') {
        this.#readAssignment(token.value);
      } else {
        const name = commandName(token.value);
        if (UNC_COMMANDS.has(name)) this.#readUncArgument();
        if (command === null) {
          command = name;
          if (POSITIONAL_COMMANDS.has(name) && !isParameter(this.#next)) this.#addAll(this.#readValues(true));
        }
        if (token.kind === 'word') this.#readParameter(token.value, command);
      }
    }
  }

  #readParameter(word: string, command: string): void {
    if (word.toLowerCase() === 'computername' && this.#isNext('=')) {
      this.#take();
      this.#addAll(this.#readValues(true));
      return;
    }
    const [, name, rest] = PARAMETER.exec(word) ?? [];
    if (name === undefined || !namesHosts(name.toLowerCase(), command)) return;
    if (rest) {
      this.#add({ kind: 'literal', value: rest });
      if (!this.#isNext(',')) return;
      this.#take();
    }
    this.#addAll(this.#readValues(true));
  }

  /** `$name = 'A'`, also in a `param` block, and `foreach ($name in 'A', 'B')`. */
  #readAssignment(variable: string): void {
    let name: string | null = variable;
    while (name !== null) {
      if (this.#isNext('+=')) {
        this.#assign(name, null);
        return;
      }
      const isLoop = this.#next?.kind === 'word' && this.#next.value.toLowerCase() === 'in';
      if (!isLoop && !this.#isNext('=')) return;
      this.#take();
      const values = this.#readValues(false);
      const last = values.at(-1);
      // The list of a `param` block goes on with the next parameter: that was no value of this one.
      const follower =
        last?.kind === 'variable' && (this.#isNext('=') || this.#isNext('+=')) ? last.value : null;
      const items = follower === null ? values : values.slice(0, -1);
      const isWhole =
        follower !== null ||
        this.#next === null ||
        this.#isNext('end') ||
        this.#isNext(')') ||
        this.#isParameterType();
      this.#assign(name, isWhole && items.length > 0 ? items : null);
      name = follower;
    }
  }

  #isParameterType(): boolean {
    return this.#next?.kind === 'word' && this.#next.value.startsWith('[');
  }

  #assign(name: string, items: readonly Item[] | null): void {
    if (this.#variables.has(name)) this.#variables.set(name, null);
    else if (this.#variables.size < MAX_VARIABLES) this.#variables.set(name, items);
  }

  /** `A, 'B', $c`, also in parentheses, in which a bare word would be a command. */
  #readValues(mayBeBare: boolean): readonly Item[] {
    const items: Item[] = [];
    let isBareAllowed = mayBeBare;
    let open = 0;
    for (;;) {
      if (this.#isNext('@')) {
        this.#take();
        // `@(` begins a list; `@file` or a splatted variable is none that stands here.
        if (!this.#isNext('(')) break;
      }
      while (this.#isNext('(')) {
        this.#take();
        open += 1;
        isBareAllowed = false;
      }
      const item = itemOf(this.#next, isBareAllowed);
      if (!item) break;
      this.#take();
      if (items.length < MAX_HOSTS) items.push(item);
      while (open > 0 && this.#isNext(')')) {
        this.#take();
        open -= 1;
      }
      if (!this.#isNext(',')) break;
      this.#take();
      while (this.#isNext('end')) this.#take();
    }
    return items;
  }

  #readUncArgument(): void {
    const next = this.#next;
    if (next === null || next.kind === 'mark' || !next.value.startsWith('\\\\')) return;
    const name = next.value.slice(2);
    this.#take();
    if (name !== '') this.#add(nameItem(name));
    else if (this.#next?.kind === 'variable') this.#add({ kind: 'variable', value: this.#next.value });
  }

  /** The next token, after what its text says of paths and nested scripts was noted. */
  #take(): Token | null {
    const token = this.#next;
    if (token === null) return null;
    this.#advance();
    if (token.kind === 'word' || token.kind === 'text') this.#readPaths(token.value);
    if (token.kind === 'text' && this.#depth < MAX_DEPTH && token.value.includes(' ')) {
      this.#nested.push({ text: token.value, depth: this.#depth + 1 });
    }
    return token;
  }

  /** `\\HOST\root…`, `winmgmts://HOST/root`, `"\\{0}\root" -f $h` and `"\\" + $h + "\root"`. */
  #readPaths(text: string): void {
    for (const slash of ['\\', '/']) {
      for (let at = text.indexOf(slash + slash); at >= 0; at = text.indexOf(slash + slash, at + 2)) {
        const end = text.indexOf(slash, at + 2);
        const name = text.slice(at + 2, end < 0 ? text.length : Math.min(end, at + 3 + HOST_MAX_LENGTH));
        if (name === '' && end < 0) this.#readConcatenated();
        else if (end >= 0 && /^root(?![a-z0-9_])/i.test(text.slice(end + 1, end + 6)))
          this.#addPathHost(name);
      }
    }
  }

  #addPathHost(name: string): void {
    const place = /^\{(\d)\}$/.exec(name)?.[1];
    if (place === undefined) {
      this.#add(nameItem(name));
    } else if (this.#next?.kind === 'word' && this.#next.value.toLowerCase() === '-f') {
      this.#take();
      const item = this.#readValues(false)[Number(place)];
      if (item) this.#add(item);
    }
  }

  #readConcatenated(): void {
    const isAt = this.#next?.kind === 'variable' && this.#next.isGlued;
    if (this.#isNext('+')) this.#take();
    else if (!isAt) return;
    const item = itemOf(this.#next, false);
    if (item) this.#add(item);
  }

  #add(item: Item): void {
    if (this.#found.length < MAX_HOSTS) this.#found.push(item);
  }

  #addAll(items: readonly Item[]): void {
    for (const item of items) this.#add(item);
  }

  /** Names that an item stands for; a variable of a variable is followed a few steps. */
  #resolve(item: Item, steps = 4): readonly string[] {
    if (item.kind === 'literal') return [plainName(item.value)];
    if (item.value === 'env:computername') return ['localhost'];
    if (steps === 0) return [];
    return (this.#variables.get(item.value) ?? []).flatMap((one) => this.#resolve(one, steps - 1));
  }

  #isNext(mark: string): boolean {
    return this.#next?.kind === 'mark' && this.#next.value === mark;
  }

  #advance(): void {
    const { value } = this.#tokens.next();
    this.#next = value ?? null;
  }
}

const PARAMETER = /^[-/\u2013\u2014]([a-z]+)(?::(.*))?$/is;

/** Whether a parameter of the command holds hosts. PowerShell takes any beginning of a name that tells it from others. */
function namesHosts(name: string, command: string): boolean {
  if (name === 'cn' || (name.length >= 4 && 'computername'.startsWith(name))) return true;
  if (name.length >= 4 && 'cimsession'.startsWith(name)) return true;
  if (name === 'node') return true;
  if (command === 'schtasks') return name === 's';
  return command === 'winrs' && name.length >= 1 && 'remote'.startsWith(name);
}

function isParameter(token: Token | null): boolean {
  return token === null || token.kind === 'mark' || (token.kind === 'word' && /^[-/]/.test(token.value));
}

function itemOf(token: Token | null, isBareAllowed: boolean): Item | null {
  if (token === null || token.kind === 'mark') return null;
  if (token.kind === 'variable') return { kind: 'variable', value: token.value };
  if (token.kind === 'text') return nameItem(token.value);
  return isBareAllowed && !isParameter(token) ? { kind: 'literal', value: token.value } : null;
}

/** A name, or the one variable that a text in double quotes is made of. */
function nameItem(text: string): Item {
  if (!text.startsWith('$')) return { kind: 'literal', value: text };
  const [name, end] = variableAt(text, 0);
  return end === text.length ? { kind: 'variable', value: name } : { kind: 'literal', value: text };
}

/** `at` of `C:\Windows\System32\at.exe`. */
function commandName(word: string): string {
  return word
    .slice(Math.max(word.lastIndexOf('\\'), word.lastIndexOf('/')) + 1)
    .toLowerCase()
    .replace(/\.exe$/, '');
}

/** Without the scheme and port of an address such as `http://srv1:5985`, without brackets and a trailing dot. */
function plainName(text: string): string {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/^(?:https?:\/\/|\\\\)/, '');
  const bracketed = /^\[([0-9a-f:.]{2,45})\]/.exec(name)?.[1];
  if (bracketed !== undefined) return bracketed;
  return name.replace(/^([^:/]{1,255})(?::\d{1,5})?(?:\/.*)?$/s, '$1').replace(/(?<=.)\.$/, '');
}

function isOwnName(name: string): boolean {
  return (
    ['localhost', '.', '::1', '0:0:0:0:0:0:0:1', '%computername%'].includes(name) ||
    /^127(?:\.\d{1,3}){3}$/.test(name)
  );
}

function isHostName(name: string): boolean {
  if (name.length > HOST_MAX_LENGTH) return false;
  return (
    /^[\p{L}\p{N}_](?:[\p{L}\p{N}._-]*[\p{L}\p{N}_])?$/u.test(name) || /^[0-9a-f]*:[0-9a-f:.]+$/.test(name)
  );
}
