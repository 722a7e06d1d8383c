/** Names under which Windows shows providers, with the names of the providers in the event's XML. */
const SHOWN: ReadonlyMap<string, string> = new Map([
  ['Microsoft Windows security auditing.', 'Microsoft-Windows-Security-Auditing'],
]);

export function providerOf(source: string): string {
  return SHOWN.get(source) ?? source;
}

/** How a literal that is sought in names of providers may stand in a text that shows them otherwise. */
export function shownForms(literal: string): readonly string[] {
  return [...SHOWN]
    .filter(([, name]) => name.toLowerCase().includes(literal.toLowerCase()))
    .map(([shown]) => shown);
}
