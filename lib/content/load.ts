import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import {
  type AttackContent,
  attackSchema,
  type ChainContent,
  chainSchema,
  type DetectionContent,
  detectionSchema,
  type MacroContent,
  macrosSchema,
  type StoryContent,
  storySchema,
} from './schema.ts';
import { ContentError, readYaml } from './yaml-file.ts';

export type Content = {
  readonly detections: readonly DetectionContent[];
  readonly macros: readonly MacroContent[];
  readonly stories: readonly StoryContent[];
  readonly chains: readonly ChainContent[];
  readonly attack: AttackContent;
};

/** Where the YAML lies; the product runs from its root. A bundle's import.meta.url would point elsewhere. */
export const CONTENT_FOLDER = path.join('lib', 'content');

/** Reads all content. Throws ContentError for a mistake, with file, line and field. */
export function loadContent(folder: string = CONTENT_FOLDER): Content {
  const all = <T>(name: string, schema: Parameters<typeof readYaml<T>>[1]): T[] => {
    const place = path.join(folder, name);
    if (!existsSync(place)) return [];
    return readdirSync(place)
      .filter((file) => file.endsWith('.yaml'))
      .sort()
      .map((file) => readYaml(path.join(place, file), schema));
  };
  const content = {
    detections: all('detections', detectionSchema),
    macros: readYaml(path.join(folder, 'macros.yaml'), macrosSchema),
    stories: all('stories', storySchema),
    chains: all('chains', chainSchema),
    attack: readYaml(path.join(folder, 'attack', 'techniques.yaml'), attackSchema),
  };
  checkReferences(content);
  return content;
}

/** What one file says of another must be there. */
function checkReferences({ detections, stories, chains, attack }: Content): void {
  const mistakes: string[] = [];
  const techniques = new Set(attack.techniques.map((technique) => technique.id));
  const tactics = new Set(attack.tactics.map((tactic) => tactic.id));
  const ids = new Set(detections.map((detection) => detection.id));
  if (ids.size < detections.length) mistakes.push('two detections have the same id');
  for (const detection of detections) {
    const say = (text: string): void => void mistakes.push(`${detection.file_name}.yaml: ${text}`);
    if (!Object.hasOwn(detection.variants, detection.default_variant)) {
      say(`default_variant: there is no variant ${detection.default_variant}`);
    }
    for (const id of detection.techniques) if (!techniques.has(id)) say(`techniques: ${id} is not in attack/techniques.yaml`);
    for (const name of detection.stories) {
      if (!stories.some((story) => story.name === name)) say(`stories: there is no story ${name}`);
    }
    if (detection.sentences.at(-1)?.when !== undefined) say('sentences: the last one must stand without "when"');
  }
  for (const technique of attack.techniques) {
    if (technique.parent !== undefined && !techniques.has(technique.parent)) {
      mistakes.push(`techniques.yaml: ${technique.id}: there is no parent ${technique.parent}`);
    }
    for (const id of technique.tactics) if (!tactics.has(id)) mistakes.push(`techniques.yaml: ${technique.id}: there is no tactic ${id}`);
  }
  for (const chain of chains) {
    for (const step of chain.steps) {
      if (!ids.has(step.detection)) mistakes.push(`chain ${chain.id}: there is no detection ${step.detection}`);
    }
  }
  if (mistakes.length > 0) throw new ContentError(mistakes.join('\n'));
}
