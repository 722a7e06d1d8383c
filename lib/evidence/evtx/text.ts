import type { DataItem } from '#lib/evidence/record.ts';
import { type Instance, readInstance } from './instance.ts';
import { ARRAY_FLAG, valueType } from './tokens.ts';
import type { Element, Node } from './tree.ts';
import { renderArray, renderValue } from './values.ts';

/** Elements of Event that hold no data of the event: its System values, and texts added by a forwarder. */
const NOT_DATA: ReadonlySet<string> = new Set(['System', 'RenderingInfo']);

/** The text of a value of the record; '' when it is null or absent. */
export function valueText(instance: Instance, index: number): string {
  const type = instance.typeOf(index);
  if (type === valueType.binXml) return textOf(instance.innerOf(index), null);
  return renderValue(instance.chunk, type, instance.offsetOf(index), instance.sizeOf(index));
}

/** The text of some content (null: all of the instance), markup left out. */
export function textOf(instance: Instance, nodes: readonly Node[] | null): string {
  let text = '';
  for (const node of nodes ?? instance.template.nodes) {
    if (node.kind === 'text') text += node.text;
    else if (node.kind === 'substitution') text += valueText(instance, node.index);
    else if (node.kind === 'element') text += textOf(instance, node.children);
    else if (node.kind === 'instance') text += textOf(innerInstance(instance, node.offset), null);
  }
  return text;
}

export function innerInstance(instance: Instance, offset: number): Instance {
  return readInstance(instance.chunk, offset, instance.chunk.length);
}

/** The values of EventData in order, or the leaves of UserData (or what else stands beside System). */
export function dataItems(instance: Instance): DataItem[] {
  const items: DataItem[] = [];
  addPayload(instance, items);
  return items;
}

function addPayload(instance: Instance, items: DataItem[]): void {
  for (const node of instance.template.payload) {
    if (node.kind === 'substitution') {
      if (instance.typeOf(node.index) === valueType.binXml) addPayload(instance.innerOf(node.index), items);
    } else if (node.kind === 'instance') {
      addPayload(innerInstance(instance, node.offset), items);
    } else if (node.kind === 'element' && !NOT_DATA.has(node.name) && isPresent(instance, node)) {
      addContainer(instance, node, items);
    }
  }
}

/** Adds what an element such as EventData holds; its own text, if it has any, has no name. */
function addContainer(instance: Instance, element: Element, items: DataItem[]): void {
  if (hasElements(instance, element.children)) {
    addChildren(instance, element.children, items);
    return;
  }
  const text = textOf(instance, element.children);
  if (text !== '') items.push(['', text]);
}

function addChildren(instance: Instance, nodes: readonly Node[], items: DataItem[]): void {
  for (const node of nodes) {
    if (node.kind === 'element') {
      if (isPresent(instance, node)) addElement(instance, node, items);
    } else if (node.kind === 'instance') {
      const inner = innerInstance(instance, node.offset);
      addChildren(inner, inner.template.nodes, items);
    } else if (node.kind === 'substitution' && instance.typeOf(node.index) === valueType.binXml) {
      const inner = instance.innerOf(node.index);
      addChildren(inner, inner.template.nodes, items);
    }
  }
}

function addElement(instance: Instance, element: Element, items: DataItem[]): void {
  const { children } = element;
  const name = typeof element.itemName === 'string' ? element.itemName : textOf(instance, element.itemName);
  const [only] = children;
  if (only?.kind === 'substitution' && children.length === 1) {
    const type = instance.typeOf(only.index);
    if (type < valueType.evtHandle) {
      items.push([name, valueText(instance, only.index)]);
      return;
    }
    if (type & ARRAY_FLAG) {
      for (const text of arrayTexts(instance, only.index)) items.push([name, text]);
      return;
    }
  }
  if (hasElements(instance, children)) addChildren(instance, children, items);
  else items.push([name, textOf(instance, children)]);
}

/** The texts of an array value. Windows repeats the element for each of them, and writes one empty one for none. */
export function arrayTexts(instance: Instance, index: number): string[] {
  const size = instance.sizeOf(index);
  if (size === 0) return [''];
  return renderArray(instance.chunk, instance.typeOf(index), instance.offsetOf(index), size);
}

/** [MS-EVEN6] 2.2.12: an element is left out when the value that it depends on is null. */
export function isPresent(instance: Instance, element: Element): boolean {
  const { dependency } = element;
  return dependency < 0 || dependency >= instance.count || instance.typeOf(dependency) !== valueType.null;
}

function hasElements(instance: Instance, nodes: readonly Node[]): boolean {
  for (const node of nodes) {
    if (node.kind === 'element' || node.kind === 'instance') return true;
    if (node.kind === 'substitution' && instance.typeOf(node.index) === valueType.binXml) return true;
  }
  return false;
}
