import { printable } from '../lines.ts';
import { SourceError } from '../types.ts';

/** What a cluster's refusal means and how to mend it (REST API conventions, "Error response"). Never holds a secret. */
export function refusalOf(error: unknown): unknown {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1)
    if (cause instanceof SourceError) return cause;
  if (!(error instanceof Error)) return error;
  const { statusCode, body } = error as Error & { statusCode?: number; body?: unknown };
  if (error.name === 'ProductNotSupportedError')
    return new SourceError('schema', 'What answers there is no Elasticsearch, or one before 7.14.', {
      remedy: 'For OpenSearch, add a source of the kind OpenSearch.',
    });
  if (error.name === 'DeserializationError' || error instanceof SyntaxError)
    return new SourceError('schema', 'The cluster answers with something that is no JSON.', {
      remedy: 'Check that the address is that of the API and not of a web page or a proxy.',
    });
  if (typeof statusCode !== 'number') return error;
  const { type, reason } = reasonIn(body);
  const said = reason === '' ? '' : `: ${printable(reason)}`;
  switch (statusCode) {
    case 401:
      return new SourceError('sign-in', `The cluster does not accept the sign-in${said}.`, {
        remedy: 'Enter the API key or password again; a key may have expired.',
      });
    case 403:
      return new SourceError('rights', `The cluster does not allow it${said}.`, {
        remedy: 'Give the role read and view_index_metadata on the indexes.',
      });
    case 404:
      return type === 'search_context_missing_exception'
        ? new SourceError('cut', 'The cluster has let the search go that the pull was reading.', {
            remedy: 'The next pull goes on from what was kept.',
          })
        : new SourceError('query', `There is no such index${said}.`, {
            remedy: 'Correct the indexes of the source: GET _cat/indices lists them.',
          });
    default:
      return new SourceError(
        statusCode >= 500 ? 'busy' : 'query',
        `The cluster answers ${statusCode}${said}.`,
        {
          remedy: /allow_expensive_queries/.test(reason)
            ? 'Detections need wildcards: set search.allow_expensive_queries to true.'
            : null,
        },
      );
  }
}

function reasonIn(body: unknown): { readonly type: string; readonly reason: string } {
  const error = (body as { error?: unknown } | null)?.error;
  if (typeof error === 'string') return { type: '', reason: error };
  const { type, reason, root_cause: causes } = (error ?? {}) as Record<string, unknown>;
  const [first] = Array.isArray(causes) ? (causes as { type?: unknown; reason?: unknown }[]) : [];
  const text = (one: unknown, other: unknown): string =>
    typeof one === 'string' ? one : typeof other === 'string' ? other : '';
  return { type: text(first?.type, type), reason: text(first?.reason, reason) };
}
