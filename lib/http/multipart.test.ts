import { buffer } from 'node:stream/consumers';
import { setImmediate as tick } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#lib/errors.ts';
import { takeFiles } from './multipart.ts';

const BOUNDARY = 'line';
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;
const MIB = 1024 * 1024;

type Part = { readonly name?: string; readonly field?: string; readonly content: Uint8Array | string };

function partsOf(parts: readonly Part[]): Buffer {
  const texts = parts.flatMap(({ name, field = 'file', content }) => [
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${field}"${name === undefined ? '' : `; filename="${name}"`}\r\n\r\n`,
    content,
    '\r\n',
  ]);
  return Buffer.concat([...texts, `--${BOUNDARY}--\r\n`].map((text) => Buffer.from(text)));
}

/** A request whose body comes in pieces; `end` false breaks the connection after the last. */
function requestOf(body: Uint8Array, { pieceBytes = 65_536, end = true, type = TYPE } = {}): Request {
  let offset = 0;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await tick();
      if (offset < body.length) controller.enqueue(body.subarray(offset, offset + pieceBytes));
      else if (end) controller.close();
      else controller.error(new Error('socket hang up'));
      offset += pieceBytes;
    },
  });
  return new Request('http://localhost/', {
    method: 'POST',
    body: stream,
    duplex: 'half',
    headers: { 'content-type': type },
  } as RequestInit);
}

const keep = async (name: string, content: NodeJS.ReadableStream) => ({ name, bytes: await buffer(content) });

describe('takeFiles', () => {
  it('gives each file as it was sent, whatever its bytes and however the request is cut into pieces', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 200 }),
        async (contents, pieceBytes) => {
          const parts = contents.map((content, index) => ({ name: `${index}.evtx`, content }));
          const { items, errors } = await takeFiles(requestOf(partsOf(parts), { pieceBytes }), keep);
          expect(errors).toEqual([]);
          expect(items.map(({ name, bytes }) => [name, [...bytes]])).toEqual(
            parts.map(({ name, content }) => [name, [...content]]),
          );
        },
      ),
      { numRuns: 60 },
    ));

  it('reads names as UTF-8 and leaves folders away', async () => {
    const parts = [
      { name: 'Beweis Ä.evtx', content: 'a' },
      { name: '../../etc/x.evtx', content: 'b' },
    ];
    const { items } = await takeFiles(requestOf(partsOf(parts)), keep);
    expect(items.map(({ name }) => name)).toEqual(['Beweis Ä.evtx', 'x.evtx']);
  });

  it('goes on with the next file when one is refused, also in its middle', async () => {
    const parts = ['a', 'b', 'c'].map((name) => ({ name, content: Buffer.alloc(MIB, name) }));
    const { items, errors } = await takeFiles(requestOf(partsOf(parts)), async (name, content) => {
      if (name === 'c') return keep(name, content);
      if (name === 'b') {
        for await (const _ of content) break;
      }
      throw new AppError('too-large', `no room for ${name}`);
    });
    expect(items.map(({ name, bytes }) => [name, bytes.length])).toEqual([['c', MIB]]);
    expect(errors).toEqual([
      { name: 'a', code: 'too-large', detail: 'no room for a' },
      { name: 'b', code: 'too-large', detail: 'no room for b' },
    ]);
  });

  it.each([
    ['the connection breaks', false],
    ['the body ends early', true],
  ])('keeps the whole files and says which one is not when %s', async (_, end) => {
    const whole = partsOf([
      { name: 'first.evtx', content: 'x'.repeat(100_000) },
      { name: 'second.evtx', content: 'y'.repeat(100_000) },
    ]);
    const { items, errors } = await takeFiles(requestOf(whole.subarray(0, 150_000), { end }), keep);
    expect(items.map(({ name }) => name)).toEqual(['first.evtx']);
    expect(errors).toMatchObject([{ name: 'second.evtx', code: 'invalid-input' }]);
    expect(errors[0]?.detail).toContain('broke off');
  });

  it('never takes a part of a file for the whole, wherever the request is cut', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 400 }), fc.boolean(), async (cut, end) => {
        const whole = partsOf([
          { name: 'a', content: 'a'.repeat(100) },
          { name: 'b', content: 'b'.repeat(100) },
        ]);
        const taken = takeFiles(requestOf(whole.subarray(0, cut), { pieceBytes: 33, end }), keep);
        const { items } = await taken.catch(() => ({ items: [] }));
        for (const { name, bytes } of items) expect(bytes.toString()).toBe(name.repeat(100));
      }),
    ));

  it('does not hold a file in memory: no more is asked for than is taken', async () => {
    let givenBytes = 0;
    const head = partsOf([{ name: 'a', content: '' }]).subarray(0, -`\r\n--${BOUNDARY}--\r\n`.length);
    const endless = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await tick();
        controller.enqueue(givenBytes === 0 ? head : new Uint8Array(65_536));
        givenBytes += 65_536;
      },
    });
    const request = new Request('http://localhost/', {
      method: 'POST',
      body: endless,
      duplex: 'half',
      headers: { 'content-type': TYPE },
    } as RequestInit);
    let stopReading: () => void = () => undefined;
    const stopped = new Promise<void>((resolve) => {
      stopReading = resolve;
    });
    void takeFiles(request, () => stopped.then(() => ({})));
    for (let turn = 0; turn < 500; turn++) await tick();
    expect(givenBytes).toBeGreaterThan(0);
    expect(givenBytes).toBeLessThan(MIB);
    stopReading();
  });

  it.each([
    ['no multipart form', requestOf(Buffer.from('{}'), { type: 'application/json' }), 'multipart/form-data'],
    ['no boundary', requestOf(Buffer.from('x'), { type: 'multipart/form-data' }), 'multipart/form-data'],
    ['no file', requestOf(partsOf([{ field: 'note', content: 'x' }])), 'at least one file'],
    ['no part', requestOf(partsOf([])), 'at least one file'],
    ['another field', requestOf(partsOf([{ field: 'files', name: 'a.evtx', content: 'x' }])), '“file”'],
    ['no body', new Request('http://localhost/', { method: 'POST', headers: { 'content-type': TYPE } }), ''],
    ['something else', requestOf(Buffer.alloc(3 * MIB, 'x')), 'broke off'],
  ])('says what to send when there is %s', async (_, request, hint) => {
    const error = await takeFiles(request, keep).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'invalid-input', message: expect.stringContaining(hint) });
  });

  it('tells of files beyond the thousandth', async () => {
    const parts = Array.from({ length: 1_002 }, (_, n) => ({ name: `${n}`, content: '' }));
    const { items, errors } = await takeFiles(requestOf(partsOf(parts)), keep);
    expect(items).toHaveLength(1_000);
    expect(errors).toMatchObject([{ name: null, code: 'too-large' }]);
  });
});
