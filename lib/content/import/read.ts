/** Reads the files in which people hold detections: chosen by content, never by name (but for CSV, which is only text). */
import { looksLikeConf, parseConf, type Stanza } from './conf.ts';
import {
  type LookupDefinition,
  type LookupSettings,
  readLookupDefinition,
  readLookupRows,
} from './lookup.ts';
import { readMacroStanza, readPublishedMacro } from './macro.ts';
import { readPublishedDetection } from './published-detection.ts';
import { readSavedSearch } from './saved-search.ts';
import { type ImportedContent, type ImportedDetection, type ImportProblem, NOTHING } from './types.ts';
import { parseYamlText } from './yaml-text.ts';

/** In UTF-16 units. A whole published savedsearches.conf has about ten million. */
const MAX_TEXT_LENGTH = 64_000_000;
const MAX_PROBLEMS = 200;

const LOOKUP_KEYS = ['filename', 'collection', 'lookup_type', 'external_type', 'external_cmd'];

/**
 * Detections, macros and lookups of one file: published YAML, savedsearches.conf, macros.conf, transforms.conf, or the CSV of a lookup.
 * Never throws: what cannot be read is a problem with its place, and the rest is read.
 */
export function readPublished(text: string, fileName: string): ImportedContent {
  const base = fileName.split(/[/\\]/).at(-1) ?? fileName;
  if (text.length > MAX_TEXT_LENGTH) {
    return failed({ place: base, message: `a file may have ${MAX_TEXT_LENGTH} characters: split it` });
  }
  if (/\.csv$/i.test(base)) {
    const rows = readLookupRows(text, base);
    if ('message' in rows) return failed({ place: base, ...rows });
    return { ...NOTHING, lookupRows: [rows] };
  }
  return looksLikeConf(text) ? readConf(text, base) : readYaml(text, base);
}

const failed = (...problems: readonly ImportProblem[]): ImportedContent => ({ ...NOTHING, problems });

function readYaml(text: string, file: string): ImportedContent {
  const yaml = parseYamlText(text);
  if ('mistakes' in yaml) return failed(...yaml.mistakes.map((mistake) => ({ place: file, ...mistake })));
  const { value } = yaml;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return failed({
      place: file,
      line: 1,
      message:
        'this is none of the known forms: published YAML, savedsearches.conf, macros.conf or transforms.conf',
    });
  }
  const problems: ImportProblem[] = [];
  const say = (field: readonly PropertyKey[], message: string): void => {
    const place = field.length === 0 ? file : `${file}: ${field.map(String).join('.')}`;
    problems.push({ place, line: yaml.lineOf(field), message });
  };
  const stem = file.replace(/\.ya?ml$/i, '');
  if ('search' in value) {
    const detection = readPublishedDetection(value, stem, say);
    return { ...NOTHING, detections: detection === null ? [] : [detection], problems };
  }
  if ('definition' in value) {
    const macro = readPublishedMacro(value, say);
    return { ...NOTHING, macros: macro === null ? [] : [macro], problems };
  }
  if (LOOKUP_KEYS.some((key) => key in value)) {
    const settings = lookupSettings(value, stem);
    const lookup = readLookupDefinition(settings.name ?? stem, settings, (field, message) =>
      say([field], message),
    );
    return { ...NOTHING, lookupDefinitions: lookup === null ? [] : [lookup], problems };
  }
  say([], 'this YAML has neither search, nor definition, nor filename: it is no detection, macro or lookup');
  return { ...NOTHING, problems };
}

/** The YAML form as settings of transforms.conf. From 2025 it names a lookup_type, and the CSV file is called as the YAML file. */
function lookupSettings(value: object, stem: string): LookupSettings {
  const settings: Record<string, string> = {};
  for (const [key, given] of Object.entries(value)) {
    if (Array.isArray(given)) settings[key] = given.map(String).join(', ');
    else if (typeof given !== 'object') settings[key] = String(given);
  }
  if (settings.lookup_type === 'csv') settings.filename ??= `${stem}.csv`;
  if (settings.lookup_type === 'kvstore') settings.external_type = 'kvstore';
  if (settings.lookup_type === 'mlmodel') settings.filename ??= `${stem}.mlmodel`;
  if (Array.isArray((value as { fields?: unknown }).fields)) settings.fields_list ??= settings.fields ?? '';
  return settings;
}

function readConf(text: string, file: string): ImportedContent {
  const { stanzas, mistakes } = parseConf(text);
  const problems: ImportProblem[] = mistakes.map((mistake) => ({ place: file, ...mistake }));
  const detections: ImportedDetection[] = [];
  const macros: ImportedContent['macros'][number][] = [];
  const lookupDefinitions: LookupDefinition[] = [];
  const defaults = stanzas.find(({ name }) => name === 'default');
  for (const given of stanzas) {
    if (given === defaults || given.settings.size === 0) continue;
    const stanza = withDefaults(given, defaults);
    const say = (line: number, message: string): void => {
      if (problems.length < MAX_PROBLEMS)
        problems.push({ place: `${file}: [${stanza.name}]`, line, message });
    };
    if (stanza.settings.has('search')) {
      const detection = readSavedSearch(stanza, say);
      if (detection !== null) detections.push(detection);
    } else if (stanza.settings.has('definition')) {
      const macro = readMacroStanza(stanza, say);
      if (macro !== null) macros.push(macro);
    } else if (LOOKUP_KEYS.some((key) => stanza.settings.has(key))) {
      const settings = Object.fromEntries([...stanza.settings].map(([key, { value }]) => [key, value]));
      const lookup = readLookupDefinition(stanza.name, settings, (field, message) =>
        say(stanza.settings.get(field)?.line ?? stanza.line, message),
      );
      if (lookup !== null) lookupDefinitions.push(lookup);
    } else say(stanza.line, 'this stanza has neither search, nor definition, nor filename: it is left out');
  }
  return { ...NOTHING, detections, macros, lookupDefinitions, problems };
}

function withDefaults(stanza: Stanza, defaults: Stanza | undefined): Stanza {
  if (defaults === undefined) return stanza;
  return { ...stanza, settings: new Map([...defaults.settings, ...stanza.settings]) };
}
