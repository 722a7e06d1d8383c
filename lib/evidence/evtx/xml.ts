import type { Instance } from './instance.ts';
import { arrayTexts, innerInstance, isPresent, textOf } from './text.ts';
import { ARRAY_FLAG, valueType } from './tokens.ts';
import type { Element, Node } from './tree.ts';

/** The UserData element as XML text, or null when the record has none. */
export function userDataXml(instance: Instance): string | null {
  for (const node of instance.template.payload) {
    if (node.kind === 'element' && node.name === 'UserData' && isPresent(instance, node)) {
      return elementXml(instance, node);
    }
    const inner = contentOf(instance, node);
    const xml = inner && userDataXml(inner);
    if (xml) return xml;
  }
  return null;
}

function contentOf(instance: Instance, node: Node): Instance | null {
  if (node.kind === 'instance') return innerInstance(instance, node.offset);
  if (node.kind !== 'substitution' || instance.typeOf(node.index) !== valueType.binXml) return null;
  return instance.innerOf(node.index);
}

function nodesXml(instance: Instance, nodes: readonly Node[]): string {
  let xml = '';
  for (const node of nodes) {
    if (node.kind === 'text') xml += escapeXml(node.text);
    else if (node.kind === 'pi') xml += `<?${xmlName(node.target)} ${node.data.replaceAll('?>', '? >')}?>`;
    else if (node.kind === 'element') xml += isPresent(instance, node) ? elementXml(instance, node) : '';
    else {
      const inner = contentOf(instance, node);
      if (inner) xml += nodesXml(inner, inner.template.nodes);
      else xml += escapeXml(textOf(instance, [node]));
    }
  }
  return xml;
}

function elementXml(instance: Instance, element: Element): string {
  const name = xmlName(element.name);
  let start = `<${name}`;
  for (const attribute of element.attributes) {
    const text = textOf(instance, attribute.value);
    // An attribute whose only value is null is left out, as Windows does.
    if (text === '' && attribute.value[0]?.kind === 'substitution') continue;
    start += ` ${xmlName(attribute.name)}="${escapeXml(text)}"`;
  }
  const [only] = element.children;
  if (only?.kind === 'substitution' && element.children.length === 1) {
    if (instance.typeOf(only.index) & ARRAY_FLAG) {
      return arrayTexts(instance, only.index)
        .map((text) => `${start}>${escapeXml(text)}</${name}>`)
        .join('');
    }
  }
  const content = nodesXml(instance, element.children);
  return content === '' ? `${start}/>` : `${start}>${content}</${name}>`;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
]);

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ESCAPES.get(char) ?? char);
}

/** A damaged name must not break out of its tag. */
function xmlName(name: string): string {
  return name.replace(/[^\p{L}\p{N}_.:-]/gu, '_');
}
