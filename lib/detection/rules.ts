import { searchEnvironment } from '#lib/content/environment.ts';
import { type Content, loadContent } from '#lib/content/load.ts';
import type { DetectionContent } from '#lib/content/schema.ts';
import { renderTemplate } from '#lib/content/template.ts';
import { ContentError } from '#lib/content/yaml-file.ts';
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { compileSearch } from '#lib/spl/compile.ts';
import { SplError } from '#lib/spl/types.ts';
import { chainRuleOf } from './chain-rule.ts';
import { type DetectionRule, type Knowledge, riskOf } from './rule.ts';

/** Makes content ready to run. Throws ContentError that names the detection when a search does not compile. */
export function compileKnowledge(content: Content, variant?: string): Knowledge {
  return {
    rules: content.detections.map((detection) => ruleOf(detection, content, variant)),
    chains: content.chains.map((chain) => chainRuleOf(chain, content)),
  };
}

/** Reads and compiles the content of this installation. */
export async function loadKnowledge(options: { variant?: string | undefined } = {}): Promise<Knowledge> {
  return compileKnowledge(loadContent(), options.variant);
}

function ruleOf(detection: DetectionContent, content: Content, wanted: string | undefined): DetectionRule {
  const variant =
    wanted !== undefined && Object.hasOwn(detection.variants, wanted) ? wanted : detection.default_variant;
  const { search = '', macros = [] } = detection.variants[variant] ?? {};
  const environment = searchEnvironment(content, macros);
  const compile = (text: string, field: string) => {
    try {
      return compileSearch(text, environment);
    } catch (error) {
      if (!(error instanceof SplError)) throw error;
      throw new ContentError(
        `${detection.file_name}.yaml: ${field}: ${error.message} (characters ${error.from} to ${error.to} of the search)`,
      );
    }
  };
  const sentences = detection.sentences.map(({ when, say }) => ({
    say,
    applies: when === undefined ? null : compile(`search * | where ${when}`, 'sentences'),
  }));
  const render = (
    template: string,
    row: ReadonlyMap<string, FieldValue>,
    events: readonly SearchableEvent[],
  ): string => renderTemplate(template, { row, events });
  return {
    id: detection.id,
    name: detection.name,
    type: detection.type,
    variant,
    evaluation: detection.evaluation,
    search: compile(search, `variants.${variant}.search`),
    relevant: compile(detection.relevant.search, 'relevant.search'),
    blindLabel: detection.relevant.blind,
    ...riskOf(detection.risk.impact, detection.risk.confidence),
    riskObjects: detection.risk.objects,
    techniques: detection.techniques,
    stories: detection.stories,
    joinsScriptBlocks: detection.extended.join_script_blocks,
    decodes: detection.extended.decode,
    sentence(row, events) {
      const event = rowEvent(row);
      const chosen = sentences.find(({ applies }) => applies === null || applies.select(event));
      return render(chosen?.say ?? detection.title, row, events);
    },
    riskMessage: (row, events) => render(detection.risk.message, row, events),
    checkNext: (row, events) => detection.check_next.map((question) => render(question, row, events)),
  };
}

/** A row of results as an event, so that the content's conditions can be asked on it. */
function rowEvent(row: ReadonlyMap<string, FieldValue>): SearchableEvent {
  return { timeTicks: null, get: (name) => row.get(name) ?? null, fieldNames: () => [...row.keys()] };
}

let loaded: { content: Content; knowledge: Knowledge } | null = null;

function load(): { content: Content; knowledge: Knowledge } {
  if (!loaded) {
    const content = loadContent();
    loaded = { content, knowledge: compileKnowledge(content) };
  }
  return loaded;
}

/** The content of this installation, read once a process. */
export async function knowledge(): Promise<Knowledge> {
  return load().knowledge;
}

export async function loadedContent(): Promise<Content> {
  return load().content;
}
