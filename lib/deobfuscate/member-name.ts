import * as code from './characters.ts';
import { readSingleQuoted, readVariable, skipBlank } from './lexer.ts';
import { nested, readClose, record, type State } from './state.ts';
import { textValue, toText, type Value } from './value.ts';

const LONGEST_NAME = 64;

/** The name after a dot or double colon (at `state.at`), lower case, however it is written; '' if not constant. */
export function readMemberName(state: State): string {
  const { text, end } = state;
  state.at = skipBlank(text, state.at + 1, end, false);
  const c = text.charCodeAt(state.at);
  let name: string;
  if (code.isSingleQuote(c) || code.isDoubleQuote(c) || c === code.OPEN_PAREN || c === code.DOLLAR) {
    name = toText(nested(state, readNameOperand)) ?? '';
  } else {
    name = readPlainName(state);
  }
  if (text.slice(state.at, state.at + 8).toLowerCase() === '.invoke(') {
    state.at += 7;
  }
  return name.slice(0, LONGEST_NAME).toLowerCase();
}

/** The operand that names a member, without members of its own: those belong to the target. */
function readNameOperand(state: State): Value | null {
  const { text, end } = state;
  const c = text.charCodeAt(state.at);
  if (code.isDoubleQuote(c)) {
    return state.grammar.expandable(state);
  }
  if (c === code.OPEN_PAREN) {
    state.at++;
    const value = nested(state, state.grammar.statements);
    readClose(state, code.CLOSE_PAREN);
    return value;
  }
  if (c === code.DOLLAR) {
    const variable = readVariable(text, state.at, end);
    state.at = variable?.to ?? state.at + 1;
    return variable === null ? null : state.names.get(variable.name);
  }
  const { value, to } = readSingleQuoted(text, state.at, end);
  state.at = to;
  return value === null ? null : textValue(value);
}

function readPlainName(state: State): string {
  const { text, end } = state;
  const start = state.at;
  let hasBacktick = false;
  while (state.at < end) {
    const c = text.charCodeAt(state.at);
    if (c === code.BACKTICK && code.isNameCode(text.charCodeAt(state.at + 1))) {
      hasBacktick = true;
    } else if (!code.isNameCode(c)) {
      break;
    }
    state.at++;
  }
  const written = text.slice(start, state.at);
  const name = written.replaceAll('`', '');
  if (hasBacktick) {
    record(state, start, state.at, name, 'backticks');
  }
  return name;
}
