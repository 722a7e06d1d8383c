/**
 * Texts that stand, in this order, in every value in which a regular expression occurs. They make a cheap first test;
 * when in doubt there are none.
 */

/** Index behind the group or class that begins at `start`; -1 when it has no end. */
function skipBrackets(regex: string, start: number): number {
  let depth = 0;
  let isClass = false;
  for (let index = start; index < regex.length; index++) {
    const char = regex[index];
    if (char === '\\') index++;
    else if (isClass && char === '[' && regex[index + 1] === ':') {
      // A named class, such as [:alpha:], has a bracket of its own.
      const end = regex.indexOf(':]', index + 2);
      if (end < 0) return -1;
      index = end + 1;
    } else if (isClass) {
      // A bracket right after the opening one, or after ^, is a member of the class.
      const isFirst = regex[index - 1] === '[' || (regex[index - 1] === '^' && regex[index - 2] === '[');
      if (char === ']' && !isFirst) isClass = false;
    } else if (char === '[') isClass = true;
    else if (char === '(') depth++;
    else if (char === ')') depth--;
    if (!isClass && depth === 0) return index + 1;
  }
  return -1;
}

/** Whether the regular expression goes on with a quantifier that lets what stands before it be left out. */
const isOptional = (regex: string, index: number): boolean =>
  /^(?:[*?]|\{0|\{,)/.test(regex.slice(index, index + 2));

function skipQuantifier(regex: string, index: number): number {
  const quantifier = /^(?:[*+?]|\{\d*,?\d*\})[?+]?/.exec(regex.slice(index, index + 40));
  return index + (quantifier?.[0].length ?? 0);
}

export function requiredTexts(regex: string): readonly string[] {
  // Flags for the whole expression; x would make blanks mean nothing. \Q…\E quotes.
  const flags = /^\(\?[ims]+\)/.exec(regex)?.[0].length ?? 0;
  if (/\(\?[a-z-]*x|\\Q/.test(regex)) return [];
  // Flags further on are no part of the text: a quantifier behind them belongs to what stands before.
  if (/\(\?[\w-]*\)/.test(regex.slice(flags))) return [];
  const texts: string[] = [];
  let text = '';
  const close = (): void => {
    if (text !== '') texts.push(text);
    text = '';
  };
  let index = flags;
  while (index < regex.length) {
    const char = regex.charAt(index);
    let literal = char;
    let end = index + 1;
    if (char === '|') return [];
    if (char === '(' || char === '[') {
      end = skipBrackets(regex, index);
      if (end < 0) return [];
      literal = '';
    } else if (char === '.' || char === '^' || char === '$') literal = '';
    else if (char === '\\') {
      const escaped = regex.charAt(index + 1);
      end = index + 2;
      if (/[sSdDwWbBtnr]/.test(escaped)) literal = '';
      else if (escaped === '' || /[A-Za-z0-9]/.test(escaped)) return [];
      else literal = escaped;
    }
    const after = skipQuantifier(regex, end);
    if (literal === '' || isOptional(regex, end)) close();
    else text += literal;
    // What is repeated may be followed by itself: the next character need not follow at once.
    if (after > end) close();
    index = after;
  }
  close();
  return texts;
}
