import type { SourceCoverage, SourceKind } from '../types.ts';
import { elasticQuery } from './compile.ts';
import { ALL_FIELDS } from './layouts.ts';
import type { Mapped } from './mapping.ts';
import { pullElastic } from './pull.ts';
import {
  addressOf,
  type ElasticSecrets,
  type ElasticSettings,
  elasticSecrets,
  FIELDS,
  type Product,
  SETTINGS,
} from './settings.ts';
import { testElastic } from './test-steps.ts';

/**
 * Elasticsearch and OpenSearch, which speak the same REST API but for a few names. One search finds what the detections may
 * select, in whatever layout the mapping shows.
 */
function kindOf(
  product: Product,
  label: string,
  description: string,
): SourceKind<ElasticSettings, ElasticSecrets> {
  return {
    kind: product,
    label,
    description,
    fields: FIELDS[product],
    settings: SETTINGS[product],
    secrets: elasticSecrets,
    origins: (settings) => [new URL(addressOf(settings)).origin],
    coverage: (_, rules) => {
      const { open } = elasticQuery(USUAL, rules);
      return rules.map(({ id }): SourceCoverage => {
        const reason = open.get(id);
        return { detectionId: id, isCovered: reason === undefined, reason: reason ?? LATE };
      });
    },
    queries: (_, { rules }) => {
      const { query } = elasticQuery(USUAL, rules);
      return query === null ? [] : [{ ...query, widened: [...query.widened, FOLLOWS] }];
    },
    test: (settings, secrets, context) => testElastic(product, settings, secrets, context),
    pull: (settings, secrets, request, context) => pullElastic(product, settings, secrets, request, context),
  };
}

const LATE = 'Documents without event.ingested that arrive later than the look back are not found.';
const FOLLOWS = 'which fields are asked, and how, follows the mapping when a pull begins';

/** Before the mapping is known: every field, each as a keyword. */
const USUAL: Mapped = {
  indexes: [],
  uses: new Map(ALL_FIELDS.map((field) => [field, [{ field, how: 'exact', indexes: [], isMixed: false }]])),
  withoutIngested: [],
  withoutTime: [],
};

export const elasticsearch = kindOf(
  'elasticsearch',
  'Elasticsearch',
  'Elasticsearch 7.14 and later, Elastic Cloud included, by its REST API.',
);
export const opensearch = kindOf(
  'opensearch',
  'OpenSearch',
  'OpenSearch, Amazon’s service included, by its REST API.',
);
