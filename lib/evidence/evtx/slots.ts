import type { Element, Node, Slot, SystemSlots } from './tree.ts';

/** Windows' own values have one part; a bound keeps a value that is used again and again small. */
const MAX_PARTS = 16;

/** Finds where each value of the System element among `nodes` comes from; null without such an element. */
export function systemSlots(nodes: readonly Node[]): SystemSlots | null {
  const system = childElement(nodes, 'System');
  if (!system) return null;
  const child = (name: string) => childElement(system.children, name);
  const provider = child('Provider');
  const eventId = child('EventID');
  const correlation = child('Correlation');
  const execution = child('Execution');
  return {
    // Classic providers have EventSourceName besides Name; Name is the one that searches mean.
    providerName: attributeSlot(provider, 'Name'),
    providerGuid: attributeSlot(provider, 'Guid'),
    eventId: contentSlot(eventId),
    qualifiers: attributeSlot(eventId, 'Qualifiers'),
    version: contentSlot(child('Version')),
    level: contentSlot(child('Level')),
    task: contentSlot(child('Task')),
    opcode: contentSlot(child('Opcode')),
    keywords: contentSlot(child('Keywords')),
    systemTime: attributeSlot(child('TimeCreated'), 'SystemTime'),
    recordId: contentSlot(child('EventRecordID')),
    activityId: attributeSlot(correlation, 'ActivityID'),
    relatedActivityId: attributeSlot(correlation, 'RelatedActivityID'),
    processId: attributeSlot(execution, 'ProcessID'),
    threadId: attributeSlot(execution, 'ThreadID'),
    channel: contentSlot(child('Channel')),
    computer: contentSlot(child('Computer')),
    userId: attributeSlot(child('Security'), 'UserID'),
  };
}

function childElement(nodes: readonly Node[], name: string): Element | undefined {
  for (const node of nodes) {
    if (node.kind === 'element' && node.name === name) return node;
  }
  return undefined;
}

function contentSlot(element: Element | undefined): Slot {
  return element ? slot(element.children) : null;
}

function attributeSlot(element: Element | undefined, name: string): Slot {
  if (!element) return null;
  for (const attribute of element.attributes) {
    if (attribute.name === name) return slot(attribute.value);
  }
  return null;
}

function slot(nodes: readonly Node[]): Slot {
  if (nodes.length > MAX_PARTS) return null;
  const parts: (string | number)[] = [];
  for (const node of nodes) {
    if (node.kind === 'text') parts.push(node.text);
    else if (node.kind === 'substitution') parts.push(node.index);
  }
  const [only = null] = parts;
  if (parts.length > 1) return parts;
  return only === '' ? null : only;
}
