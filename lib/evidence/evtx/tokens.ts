/** Binary XML as EVTX holds it: tokens and value types ([MS-EVEN6] 2.2.12 to 2.2.16, libyal's libfwevt documentation). */

export const token = {
  endOfFragment: 0x00,
  openElement: 0x01,
  closeStartElement: 0x02,
  closeEmptyElement: 0x03,
  endElement: 0x04,
  value: 0x05,
  attribute: 0x06,
  cdata: 0x07,
  charRef: 0x08,
  entityRef: 0x09,
  piTarget: 0x0a,
  piData: 0x0b,
  templateInstance: 0x0c,
  normalSubstitution: 0x0d,
  optionalSubstitution: 0x0e,
  fragmentHeader: 0x0f,
} as const;

/** Set on openElement when attributes follow; on value, attribute, CDATA and references when more of them follow. */
export const MORE_FLAG = 0x40;

export const valueType = {
  null: 0x00,
  string: 0x01,
  ansiString: 0x02,
  int8: 0x03,
  uint8: 0x04,
  int16: 0x05,
  uint16: 0x06,
  int32: 0x07,
  uint32: 0x08,
  int64: 0x09,
  uint64: 0x0a,
  float32: 0x0b,
  float64: 0x0c,
  bool: 0x0d,
  binary: 0x0e,
  guid: 0x0f,
  sizeT: 0x10,
  filetime: 0x11,
  systemtime: 0x12,
  sid: 0x13,
  hexInt32: 0x14,
  hexInt64: 0x15,
  evtHandle: 0x20,
  binXml: 0x21,
  evtXml: 0x23,
} as const;

/** Set on a value type when the value is an array of it. */
export const ARRAY_FLAG = 0x80;

/** Elements, and fragments in values, may nest this deep in all. Windows' own events stay below 10. */
export const MAX_DEPTH = 64;

/** Bytes that cannot be binary XML. Its message holds no text of the evidence. */
export class BinXmlError extends Error {
  override readonly name: string = 'BinXmlError';
}

/** A record that would unfold to more text than a reader may hold. */
export class TooLargeError extends BinXmlError {
  override readonly name = 'TooLargeError';
}
