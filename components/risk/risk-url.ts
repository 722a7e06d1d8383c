/** Lists of the risk screens stand in the URL; here are its changes. Every change goes back to the first page. */

export type RiskParams = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** `/risk?…`, with what is empty or at its default left out. */
export function riskHref(path: string, params: RiskParams, defaults: RiskParams = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    const text = typeof value === 'object' ? value.join(',') : value === undefined ? '' : String(value);
    if (text !== '' && text !== String(defaults[key] ?? '')) search.set(key, text);
  }
  const query = search.toString().replaceAll('%2C', ',');
  return query === '' ? path : `${path}?${query}`;
}

export function toggledValue(values: readonly string[] | undefined, value: string): readonly string[] {
  const chosen = values ?? [];
  return chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
}

export function objectHref({ type, name }: { readonly type: string; readonly name: string }): string {
  return `/risk/objects/${type}/${encodeURIComponent(name)}`;
}
