import type { Content } from './load.ts';

export type Technique = {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly url: string;
  readonly tactics: readonly { readonly id: string; readonly name: string }[];
};

/** The techniques of the content with the names of their tactics, in the order of the file. */
export function techniquesOf({ attack }: Content): readonly Technique[] {
  const tactics = new Map(attack.tactics.map((tactic) => [tactic.id, tactic]));
  return attack.techniques.map((technique) => ({
    id: technique.id,
    name: technique.name,
    parentId: technique.parent ?? null,
    url: `https://attack.mitre.org/techniques/${technique.id.replace('.', '/')}/`,
    tactics: technique.tactics.flatMap((id) => tactics.get(id) ?? []),
  }));
}
