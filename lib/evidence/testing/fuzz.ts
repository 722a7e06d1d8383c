import { checkArchive, testArchives } from './check-archive.ts';
import { checkReading, readOriginal } from './check-reading.ts';
import { type Mutant, mutate } from './mutate.ts';
import { type Original, originalsOf } from './originals.ts';
import { Random } from './random.ts';
import { READER_CASES } from './reader-cases.ts';

type Form = keyof typeof READER_CASES;

/** Damaged files for one reader. The same seed is the same file. */
export type Fuzzer = {
  /** The file that the seed gives, and what it was made from. */
  make(seed: number): { readonly name: string; readonly mutant: Mutant };
  /** Throws what must not be, or is thrown by the reader. */
  check(seed: number): Promise<void>;
};

const FORMS = Object.keys(READER_CASES) as Form[];
export const FUZZED_READERS: readonly string[] = [...FORMS, 'archive'];

/** @param reader one of FUZZED_READERS */
export async function createFuzzer(reader: string): Promise<Fuzzer> {
  const donors = (await Promise.all(FORMS.map(originalsOf))).flat().map(({ bytes }) => bytes);
  if (reader === 'archive') {
    const archives = await testArchives();
    return fuzzerOf(archives, donors, checkArchive);
  }
  const form = FORMS.find((one) => one === reader);
  if (form === undefined)
    throw new Error(`There is no reader ${reader}; there are ${FUZZED_READERS.join(', ')}.`);
  const originals = await Promise.all(
    (await originalsOf(form)).map(async ({ name, bytes }) => ({
      name,
      ...(await readOriginal(READER_CASES[form], bytes)),
    })),
  );
  return fuzzerOf(originals, donors, (mutant, original) =>
    checkReading(READER_CASES[form], mutant, original),
  );
}

function fuzzerOf<T extends Original>(
  originals: readonly T[],
  donors: readonly Buffer[],
  check: (mutant: Mutant, original: T) => Promise<void>,
): Fuzzer {
  const make = (seed: number) => {
    const random = new Random(seed);
    const original = random.pick(originals);
    return { original, mutant: mutate(original.bytes, donors, random) };
  };
  return {
    make(seed) {
      const { original, mutant } = make(seed);
      return { name: original.name, mutant };
    },
    async check(seed) {
      const { original, mutant } = make(seed);
      await check(mutant, original);
    },
  };
}
