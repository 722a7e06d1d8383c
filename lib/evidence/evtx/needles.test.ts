import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkBuilder, evtxFile } from './testing/chunk-builder.ts';
import { readBlocks } from './testing/read-all.ts';
import { valueType } from './tokens.ts';

const NEEDLE = 'win32_scheduledjob';

/** Whether the chunk with this content is left unparsed when looking for the needle. */
async function isSkipped(write: (chunk: ChunkBuilder) => void, needles: readonly string[] = [NEEDLE]) {
  const chunk = new ChunkBuilder();
  write(chunk);
  const [block] = await readBlocks(evtxFile([chunk.finish()]), { needles });
  return block?.isParsed === false;
}

const withData = (write: (chunk: ChunkBuilder) => void) => (chunk: ChunkBuilder) =>
  chunk.event(() => chunk.eventData(() => write(chunk)));

describe('a chunk is skipped', () => {
  it('when no needle stands in it, with its records counted', async () => {
    const chunk = new ChunkBuilder();
    withData((it) => it.text('harmless'))(chunk);
    withData((it) => it.text('harmless too'))(chunk);
    const [block] = await readBlocks(evtxFile([chunk.finish()]), { needles: [NEEDLE] });
    expect(block).toMatchObject({ isParsed: false, records: [], recordCount: 2, problems: [] });
    expect(block?.census()).toMatchObject([{ channel: 'Test/Operational', eventId: 7, count: 2 }]);
  });

  it('also when its records have no template', async () => {
    const plain = (chunk: ChunkBuilder) =>
      chunk.record(() =>
        chunk.fragment(() =>
          chunk.element('Event', () => chunk.element('System', () => {}, { dependency: 'none' }), {
            dependency: 'none',
          }),
        ),
      );
    expect(await isSkipped(plain)).toBe(true);
  });
});

describe('a chunk is parsed', () => {
  it.each([
    ['a constant', 0],
    ['a constant at an odd offset', 1],
  ])('when the needle stands in %s', async (_name, shift) => {
    const write = (chunk: ChunkBuilder) => {
      chunk.position += shift;
      withData((it) => it.text('x WIN32_ScheduledJob'))(chunk);
    };
    expect(await isSkipped(write)).toBe(false);
  });

  it('when the needle stands in an ANSI string', async () => {
    const event = (chunk: ChunkBuilder) =>
      chunk.event(
        () => chunk.eventData(() => chunk.substitution(0)),
        [[valueType.ansiString, Buffer.from('xWin32_ScheduledJOB', 'latin1')]],
      );
    expect(await isSkipped(event)).toBe(false);
  });

  const piece = {
    constant: (chunk: ChunkBuilder) => chunk.text('win32_'),
    reference: (chunk: ChunkBuilder) => chunk.charRef(0x73),
    value: (chunk: ChunkBuilder) => chunk.substitution(0),
    cdata: (chunk: ChunkBuilder) => chunk.cdata('scheduledjob'),
    entity: (chunk: ChunkBuilder) => chunk.entityRef('amp'),
  };
  it.each([
    ['two constants', [piece.constant, piece.constant]],
    ['a constant and a character reference', [piece.constant, piece.reference]],
    ['a constant and a value', [piece.constant, piece.value]],
    ['two values', [piece.value, piece.value]],
    ['a constant and CDATA', [piece.constant, piece.cdata]],
    ['an entity and a constant', [piece.entity, piece.constant]],
  ])('when a text is put together from %s', async (_name, pieces) => {
    const write = withData((chunk) => {
      for (const writePiece of pieces) writePiece(chunk);
    });
    expect(await isSkipped(write, ['not in there'])).toBe(false);
  });

  it.each([[[]], [['']], [[NEEDLE, 'é']]])('when needles cannot be looked for: %j', async (needles) => {
    expect(
      await isSkipped(
        withData((chunk) => chunk.text('harmless')),
        needles,
      ),
    ).toBe(false);
  });

  it('when any needle stands in it, whatever characters it has', async () => {
    const ascii = fc
      .string({ unit: 'binary-ascii', minLength: 1, maxLength: 12 })
      .filter((text) => !text.includes('\0'));
    await fc.assert(
      fc.asyncProperty(ascii, ascii, fc.boolean(), async (needle, other, isUpper) => {
        const text = isUpper ? needle.toUpperCase() : needle.toLowerCase();
        expect(
          await isSkipped(
            withData((chunk) => chunk.text(`<${text}>`)),
            [other, needle],
          ),
        ).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
