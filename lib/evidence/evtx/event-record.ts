import type { DataItem, EvidenceRecord, Place, SystemValues } from '#lib/evidence/record.ts';
import { filetimeToTicks, parseIsoTime } from '#lib/evidence/time.ts';
import type { Chunk } from './chunk.ts';
import { type Instance, readContent } from './instance.ts';
import { RECORD_HEADER_BYTES, RECORD_TRAILER_BYTES } from './layout.ts';
import { dataItems, innerInstance, valueText } from './text.ts';
import { BinXmlError, valueType } from './tokens.ts';
import type { Slot, SystemSlots } from './tree.ts';
import { userDataXml } from './xml.ts';

/** System stands in the record's template; this many fragments around it are looked through. */
const MAX_SYSTEM_DEPTH = 4;

/** An event record of a chunk. Values are read from the chunk's bytes when asked for. */
export class EvtxRecord implements EvidenceRecord {
  readonly form = 'evtx';
  private readonly instance: Instance;
  private readonly isDataReadable: boolean;
  private readonly offset: number;
  private systemValues: EvtxSystemValues;
  private items: readonly DataItem[] | null = null;

  constructor(instance: Instance, system: EvtxSystemValues, offset: number, isDataReadable: boolean) {
    this.instance = instance;
    this.systemValues = system;
    this.offset = offset;
    this.isDataReadable = isDataReadable;
  }

  get place(): Place {
    return { offset: this.offset };
  }

  get timeTicks(): bigint | null {
    return this.systemValues.timeTicks();
  }

  get system(): SystemValues {
    return this.systemValues;
  }

  get data(): readonly DataItem[] {
    this.items ??= this.isDataReadable ? dataItems(this.instance) : [];
    return this.items;
  }

  get userDataXml(): string | null {
    return this.isDataReadable ? userDataXml(this.instance) : null;
  }
}

/** Reads the record between two offsets of its chunk. Throws BinXmlError or RangeError when it is damaged. */
export function readRecord(
  chunk: Chunk,
  start: number,
  end: number,
): { instance: Instance; system: EvtxSystemValues } {
  const instance = readContent(chunk, start + RECORD_HEADER_BYTES, end - RECORD_TRAILER_BYTES);
  const system = findSystem(instance, 0);
  if (!system) throw new BinXmlError('there is no System element');
  return { instance, system };
}

function findSystem(instance: Instance, depth: number): EvtxSystemValues | null {
  const { system, payload } = instance.template;
  if (system) return new EvtxSystemValues(instance, system);
  if (depth === MAX_SYSTEM_DEPTH) return null;
  for (const node of payload) {
    let inner: Instance | null = null;
    if (node.kind === 'instance') inner = innerInstance(instance, node.offset);
    else if (node.kind === 'substitution' && instance.typeOf(node.index) === valueType.binXml) {
      inner = instance.innerOf(node.index);
    }
    const found = inner && findSystem(inner, depth + 1);
    if (found) return found;
  }
  return null;
}

/**
 * System values, each read when asked for: most searches look at three of them. They are getters, so copy them with
 * toJSON(), not by spreading.
 */
export class EvtxSystemValues implements SystemValues {
  private readonly instance: Instance;
  private readonly slots: SystemSlots;

  constructor(instance: Instance, slots: SystemSlots) {
    this.instance = instance;
    this.slots = slots;
  }

  get providerName(): string | null {
    return this.text(this.slots.providerName);
  }
  get providerGuid(): string | null {
    return this.text(this.slots.providerGuid);
  }
  get eventId(): number | null {
    const slot = this.slots.eventId;
    if (typeof slot === 'number' && this.instance.typeOf(slot) === valueType.uint16) {
      if (this.instance.sizeOf(slot) === 2) {
        return this.instance.chunk.view.getUint16(this.instance.offsetOf(slot), true);
      }
    }
    const text = this.text(slot);
    const id = text === null ? Number.NaN : Number(text);
    return Number.isSafeInteger(id) ? id : null;
  }
  get qualifiers(): string | null {
    return this.text(this.slots.qualifiers);
  }
  get version(): string | null {
    return this.text(this.slots.version);
  }
  get level(): string | null {
    return this.text(this.slots.level);
  }
  get task(): string | null {
    return this.text(this.slots.task);
  }
  get opcode(): string | null {
    return this.text(this.slots.opcode);
  }
  get keywords(): string | null {
    return this.text(this.slots.keywords);
  }
  get systemTime(): string | null {
    return this.text(this.slots.systemTime);
  }
  get recordId(): string | null {
    return this.text(this.slots.recordId);
  }
  get activityId(): string | null {
    return this.text(this.slots.activityId);
  }
  get relatedActivityId(): string | null {
    return this.text(this.slots.relatedActivityId);
  }
  get processId(): string | null {
    return this.text(this.slots.processId);
  }
  get threadId(): string | null {
    return this.text(this.slots.threadId);
  }
  get channel(): string | null {
    return this.text(this.slots.channel);
  }
  get computer(): string | null {
    return this.text(this.slots.computer);
  }
  get userId(): string | null {
    return this.text(this.slots.userId);
  }

  /** Time of the event in ticks since 1970, null when it has none or one that cannot be read. */
  timeTicks(): bigint | null {
    const slot = this.slots.systemTime;
    if (typeof slot === 'number' && this.instance.typeOf(slot) === valueType.filetime) {
      if (this.instance.sizeOf(slot) !== 8) return null;
      return filetimeToTicks(this.instance.chunk.view.getBigUint64(this.instance.offsetOf(slot), true));
    }
    const text = this.text(slot);
    return text === null ? null : parseIsoTime(text);
  }

  toJSON(): SystemValues {
    return {
      providerName: this.providerName,
      providerGuid: this.providerGuid,
      eventId: this.eventId,
      qualifiers: this.qualifiers,
      version: this.version,
      level: this.level,
      task: this.task,
      opcode: this.opcode,
      keywords: this.keywords,
      systemTime: this.systemTime,
      recordId: this.recordId,
      activityId: this.activityId,
      relatedActivityId: this.relatedActivityId,
      processId: this.processId,
      threadId: this.threadId,
      channel: this.channel,
      computer: this.computer,
      userId: this.userId,
    };
  }

  private text(slot: Slot): string | null {
    if (slot === null || typeof slot === 'string') return slot;
    const text = typeof slot === 'number' ? this.value(slot) : slot.map((part) => this.part(part)).join('');
    return text === '' ? null : text;
  }

  private part(part: string | number): string {
    return typeof part === 'string' ? part : this.value(part);
  }

  /** System values are plain; binary XML in their place is not unfolded, for nothing has bounded it. */
  private value(index: number): string {
    return this.instance.typeOf(index) === valueType.binXml ? '' : valueText(this.instance, index);
  }
}
