/** The parts of unbzip2-stream; its stream would hold all of a bomb in memory, because it decodes without asking. */
declare module 'unbzip2-stream/lib/bit_iterator.js' {
  export type Bits = { (count: number | null): number; readonly bytesRead: number };
  export default function bitIterator(nextBuffer: () => Uint8Array | undefined): Bits;
}

declare module 'unbzip2-stream/lib/bzip2.js' {
  import type { Bits } from 'unbzip2-stream/lib/bit_iterator.js';

  const bzip2: {
    /** The digit of the header: the size of a block in 100 kB. */
    header(bits: Bits): number;
    /** Decodes a block byte by byte; null: the end of the stream, and its checksum fits. */
    decompress(
      bits: Bits,
      push: (byte: number) => void,
      work: Int32Array,
      workLength: number,
      checksum: number,
    ): number | null;
  };
  export default bzip2;
}
