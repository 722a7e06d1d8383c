import { createRequire } from 'node:module';

/** What is used of Microsoft's own parser of KQL, which is made for pages and puts itself into the global object. */
type Diagnostics = { readonly Count: number; getItem(index: number): { readonly Message: string } };
type Language = {
  readonly GlobalState: { readonly Default: { WithDatabase(database: object): object } };
  readonly KustoCode: { ParseAndAnalyze(text: string, globals: object): { GetDiagnostics(): Diagnostics } };
  readonly Symbols: {
    readonly TableSymbol: { From(schema: string): { WithName(name: string): object } };
    /** Of name and members. */
    readonly DatabaseSymbol: { readonly $ctor1: new (name: string, members: readonly object[]) => object };
  };
};

const require = createRequire(import.meta.url);
require('@kusto/language-service-next/bridge.min.js');
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
const { GlobalState, KustoCode, Symbols } = (globalThis as unknown as { Kusto: { Language: Language } }).Kusto
  .Language;

type Tables = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What Microsoft's parser has against a query on tables of these columns: syntax, names and types. */
export function complaintsOf(query: string, tables: Tables): readonly string[] {
  const symbols = Object.entries(tables).map(([name, columns]) => {
    const schema = Object.entries(columns).map(([column, type]) => `${column}:${type}`);
    return Symbols.TableSymbol.From(`(${schema.join(', ')})`).WithName(name);
  });
  const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.$ctor1('tests', symbols));
  const found = KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
  return Array.from({ length: found.Count }, (_, index) => found.getItem(index).Message);
}
