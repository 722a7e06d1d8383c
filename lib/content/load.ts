import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import {
  type AttackContent,
  attackSchema,
  type ChainContent,
  chainSchema,
  type DetectionContent,
  detectionSchema,
  type IncidentContent,
  incidentSchema,
  type MacroContent,
  macrosSchema,
  type StoryContent,
  storySchema,
} from './schema.ts';
import { ContentError, readYamlFile, type YamlFile } from './yaml-file.ts';

export type Content = {
  readonly detections: readonly DetectionContent[];
  readonly macros: readonly MacroContent[];
  readonly stories: readonly StoryContent[];
  readonly chains: readonly ChainContent[];
  readonly incidents: readonly IncidentContent[];
  readonly attack: AttackContent;
};

/** Where the YAML lies; the product runs from its root. A bundle's import.meta.url would point elsewhere. */
export const CONTENT_FOLDER = path.join('lib', 'content');

/** Reads all content. Throws ContentError for a mistake, with file, line and field. */
export function loadContent(folder: string = CONTENT_FOLDER): Content {
  const all = <T>(name: string, schema: Parameters<typeof readYamlFile<T>>[1]): YamlFile<T>[] => {
    const place = path.join(folder, name);
    if (!existsSync(place)) return [];
    return readdirSync(place)
      .filter((file) => file.endsWith('.yaml'))
      .sort()
      .map((file) => readYamlFile(path.join(place, file), schema));
  };
  const files = {
    detections: all('detections', detectionSchema),
    macros: readYamlFile(path.join(folder, 'macros.yaml'), macrosSchema),
    stories: all('stories', storySchema),
    chains: all('chains', chainSchema),
    incidents: all('incidents', incidentSchema),
    attack: readYamlFile(path.join(folder, 'attack', 'techniques.yaml'), attackSchema),
  };
  const mistakes = mistakesIn(files);
  if (mistakes.length > 0) throw new ContentError(mistakes.join('\n'));
  return {
    detections: files.detections.map(({ value }) => value),
    macros: files.macros.value,
    stories: files.stories.map(({ value }) => value),
    chains: files.chains.map(({ value }) => value),
    incidents: files.incidents.map(({ value }) => value),
    attack: files.attack.value,
  };
}

type ContentFiles = {
  readonly detections: readonly YamlFile<DetectionContent>[];
  readonly stories: readonly YamlFile<StoryContent>[];
  readonly chains: readonly YamlFile<ChainContent>[];
  readonly incidents: readonly YamlFile<IncidentContent>[];
  readonly attack: YamlFile<AttackContent>;
};

/** What one file says of another must be there. */
function mistakesIn({ detections, stories, chains, incidents, attack }: ContentFiles): string[] {
  const techniques = new Set(attack.value.techniques.map(({ id }) => id));
  const storyNames = new Set(stories.map(({ value }) => value.name));
  const ids = new Set<string>();
  const mistakes = mistakesInAttack(attack, techniques);
  for (const { value: detection, place } of detections) {
    const say = (field: readonly PropertyKey[], text: string): void =>
      void mistakes.push(`${place(field)}: ${text}`);
    if (ids.has(detection.id)) say(['id'], 'another detection has this id');
    ids.add(detection.id);
    if (!Object.hasOwn(detection.variants, detection.default_variant)) {
      say(['default_variant'], `there is no variant ${detection.default_variant}`);
    }
    mistakesInTexts(detection, techniques, storyNames, say);
  }
  for (const { value: chain, place } of chains) {
    const say = (field: readonly PropertyKey[], text: string): void =>
      void mistakes.push(`${place(field)}: ${text}`);
    if (ids.has(chain.id)) say(['id'], 'a detection or another chain has this id');
    ids.add(chain.id);
    for (const part of ['opens', 'uses'] as const) {
      chain[part].detections.forEach((id, index) => {
        if (!detections.some(({ value }) => value.id === id))
          say([part, 'detections', index], 'there is no such detection');
      });
    }
    mistakesInTexts(chain, techniques, storyNames, say);
  }
  for (const { value: incident, place } of incidents) {
    if (ids.has(incident.id)) mistakes.push(`${place(['id'])}: something else has this id`);
    ids.add(incident.id);
  }
  return mistakes;
}

/** Of what detections and chains both say. */
function mistakesInTexts(
  content: Pick<DetectionContent, 'techniques' | 'stories' | 'sentences'>,
  techniques: ReadonlySet<string>,
  storyNames: ReadonlySet<string>,
  say: (field: readonly PropertyKey[], text: string) => void,
): void {
  content.techniques.forEach((id, index) => {
    if (!techniques.has(id)) say(['techniques', index], `${id} is not in attack/techniques.yaml`);
  });
  content.stories.forEach((name, index) => {
    if (!storyNames.has(name)) say(['stories', index], `there is no story ${name}`);
  });
  content.sentences.forEach(({ when }, index) => {
    const isLast = index === content.sentences.length - 1;
    if ((when === undefined) !== isLast) {
      say(
        ['sentences', index],
        isLast ? 'the last one must stand without "when"' : 'only the last one may stand without "when"',
      );
    }
  });
}

function mistakesInAttack(
  { value, place }: YamlFile<AttackContent>,
  techniques: ReadonlySet<string>,
): string[] {
  const tactics = new Set(value.tactics.map(({ id }) => id));
  return value.techniques.flatMap(({ id, parent, tactics: used }, index) => [
    ...(parent !== undefined && !techniques.has(parent)
      ? [`${place(['techniques', index, 'parent'])}: ${id} has no parent ${parent} here`]
      : []),
    ...used.flatMap((tactic, at) =>
      tactics.has(tactic)
        ? []
        : [`${place(['techniques', index, 'tactics', at])}: there is no tactic ${tactic}`],
    ),
  ]);
}
