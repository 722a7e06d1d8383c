import type { RecordForm } from '#lib/evidence/forms.ts';
import type { DataItem, EvidenceRecord, Place, SystemValues } from '#lib/evidence/record.ts';
import type { ShapedRecord } from './shape.ts';

/** A record whose values are taken from what it was read from when they are first asked for. */
export class ShapeRecord implements EvidenceRecord {
  readonly form: RecordForm;
  readonly place: Place;
  readonly timeTicks: bigint | null;
  readonly system: SystemValues;
  readonly localTime: string | null;
  readonly #shaped: ShapedRecord;
  #data: readonly DataItem[] | null = null;

  constructor(place: Place, shaped: ShapedRecord) {
    this.form = shaped.form;
    this.place = place;
    this.timeTicks = shaped.timeTicks;
    this.system = shaped.system;
    this.localTime = shaped.localTime ?? null;
    this.#shaped = shaped;
  }

  get data(): readonly DataItem[] {
    this.#data ??= this.#shaped.data();
    return this.#data;
  }

  get userDataXml(): string | null {
    return this.#shaped.userDataXml?.() ?? null;
  }
}
