/**
 * What text must hold before anything in it can be undone. Only literal alternatives and single classes, so
 * that the test is linear.
 */
const MARKS =
  /[`^+]|[\w"}]\$|\$\(|["'\u2018-\u201e]["'\w]|["'\u2018-\u201e]\[|\[char|[-\u2013-\u2015](?:f[\s"'(@$]|join|split|[ic]?split|[ic]?replace)|\.\s?["'(]|\.(?:replace|split|substring|insert|remove|trim|to(?:upper|lower|chararray))|::(?:join|concat|format|new|reverse|replace|split|matches|frombase64string)|frombase64string|getstring|[-/\u2013-\u2015]e[ncod]{0,13}|-c|\biex\b|invoke-expression|scriptblock|\/[ckr]/i;

export function mayBeObfuscated(text: string): boolean {
  return MARKS.test(text);
}
