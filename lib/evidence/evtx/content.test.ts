import { describe, expect, it } from 'vitest';
import { ChunkBuilder, evtxFile, type TestValue } from './testing/chunk-builder.ts';
import { readBlocks } from './testing/read-all.ts';
import { valueType } from './tokens.ts';

const string = (text: string): TestValue => [valueType.string, Buffer.from(text, 'utf16le')];
const NULL: TestValue = [valueType.null, Buffer.alloc(0)];

async function readOne(chunk: ChunkBuilder) {
  const [block] = await readBlocks(evtxFile([chunk.finish()]));
  const record = block?.records.at(-1);
  if (!block || !record) throw new Error(`no record: ${JSON.stringify(block?.problems)}`);
  return { block, record };
}

describe('content of a record', () => {
  it('joins constants, references, CDATA and values into one text', async () => {
    const chunk = new ChunkBuilder();
    chunk.event(() => {
      chunk.eventData(() => {
        chunk.text('a');
        chunk.charRef(0x42);
        chunk.entityRef('lt');
        chunk.entityRef('other');
        chunk.cdata('<c>');
        chunk.substitution(0);
        chunk.text('e');
      });
    }, [string('d')]);
    expect((await readOne(chunk)).record.data).toEqual([['', 'aB<&other;<c>de']]);
  });

  it('keeps named and unnamed Data and other elements of EventData in order', async () => {
    const chunk = new ChunkBuilder();
    chunk.event(() => {
      chunk.element('EventData', () => {
        chunk.data(() => chunk.substitution(0), 'First');
        chunk.data(() => chunk.substitution(1));
        chunk.element('Binary', () => chunk.substitution(2));
      });
    }, [string('1'), string('2'), [valueType.binary, Buffer.from([0xca, 0xfe])]]);
    expect((await readOne(chunk)).record.data).toEqual([
      ['First', '1'],
      ['', '2'],
      ['Binary', 'CAFE'],
    ]);
  });

  it('reads values that a record lacks as empty', async () => {
    const chunk = new ChunkBuilder();
    chunk.event(
      () =>
        chunk.eventData(
          () => chunk.substitution(9),
          () => chunk.substitution(0, true),
        ),
      [NULL],
    );
    expect((await readOne(chunk)).record.data).toEqual([
      ['', ''],
      ['', ''],
    ]);
  });

  it('leaves out an element whose dependency is null, and keeps it otherwise', async () => {
    const chunk = new ChunkBuilder();
    chunk.event(() => {
      chunk.element('UserData', () => {
        chunk.element('Gone', () => chunk.substitution(0), { dependency: 0 });
        chunk.element('Here', () => chunk.substitution(1), { dependency: 1 });
      });
    }, [NULL, string('x')]);
    const { record } = await readOne(chunk);
    expect(record.data).toEqual([['Here', 'x']]);
    expect(record.userDataXml).toBe('<UserData><Here>x</Here></UserData>');
  });

  it('reads templates inside values, three deep', async () => {
    const chunk = new ChunkBuilder();
    const leaf = { offset: 0 };
    const middle = { offset: 0 };
    // Definitions stand where they are used first: here in two records before.
    chunk.record(() => {
      leaf.offset = chunk.instance(() => chunk.element('Leaf', () => chunk.substitution(0)), [NULL]);
    });
    chunk.record(() => {
      middle.offset = chunk.instance(() => chunk.element('EventData', () => chunk.substitution(0)), [NULL]);
    });
    const inner = chunk.instanceValue(middle.offset, [chunk.instanceValue(leaf.offset, [string('deep')])]);
    chunk.event(() => chunk.substitution(0), [inner]);
    expect((await readOne(chunk)).record.data).toEqual([['Leaf', 'deep']]);
  });

  it('reads a template instance in place of content', async () => {
    const chunk = new ChunkBuilder();
    chunk.event(() => {
      chunk.instance(
        () => chunk.element('EventData', () => chunk.data(() => chunk.substitution(0), 'N')),
        [string('v')],
      );
    });
    expect((await readOne(chunk)).record.data).toEqual([['N', 'v']]);
  });

  it.each([['none' as const], [0xffff]])(
    'reads a record without a template (dependency %s)',
    async (dependency) => {
      const chunk = new ChunkBuilder();
      chunk.record(() =>
        chunk.fragment(() => {
          chunk.element(
            'Event',
            () => {
              chunk.element(
                'System',
                () => chunk.element('EventID', () => chunk.text('4104'), { dependency }),
                { dependency },
              );
              chunk.element('EventData', () => chunk.element('Data', () => chunk.text('x'), { dependency }), {
                dependency,
              });
            },
            { dependency },
          );
        }),
      );
      const { record } = await readOne(chunk);
      expect(record.system.eventId).toBe(4104);
      expect(record.data).toEqual([['', 'x']]);
    },
  );

  it('finds System in an event that is a value of another template', async () => {
    const chunk = new ChunkBuilder();
    const event = { offset: 0 };
    chunk.record(() => {
      event.offset = chunk.instance(() => {
        chunk.element('Event', () => {
          chunk.system();
          chunk.eventData(() => chunk.substitution(0));
        });
      }, [string('first')]);
    });
    const outer = chunk.instanceValue(event.offset, [string('second')]);
    chunk.record(() => {
      chunk.instance(() => chunk.substitution(0), [outer]);
    });
    const { record } = await readOne(chunk);
    expect(record.system.channel).toBe('Test/Operational');
    expect(record.data).toEqual([['', 'second']]);
  });

  it('takes id, time and names from System, not from the record header', async () => {
    const chunk = new ChunkBuilder();
    chunk.event(() => chunk.eventData());
    const { record } = await readOne(chunk);
    expect(JSON.parse(JSON.stringify(record.system))).toMatchObject({
      providerName: 'Test-Provider',
      eventId: 7,
      recordId: '900',
      systemTime: '2024-03-05T09:14:02.1254367Z',
      computer: 'host.example',
      userId: null,
    });
    expect(record.timeTicks).toBe(17_096_300_421_254_367n);
    expect(record.data).toEqual([]);
    expect(record.userDataXml).toBeNull();
  });

  it('writes UserData as XML that hostile text cannot break', async () => {
    const chunk = new ChunkBuilder();
    chunk.event(() => {
      chunk.element('UserData', () => {
        chunk.element('a><b', () => chunk.substitution(0), {
          attributes: [['x', () => chunk.substitution(0)]],
        });
        chunk.processingInstruction('pi', '?><script>');
      });
    }, [string('</UserData>"&')]);
    const text = '&lt;/UserData&gt;&quot;&amp;';
    expect((await readOne(chunk)).record.userDataXml).toBe(
      `<UserData><a__b x="${text}">${text}</a__b><?pi ? ><script>?></UserData>`,
    );
  });

  it('leaves RenderingInfo, which a forwarder adds, out of the data', async () => {
    const chunk = new ChunkBuilder();
    chunk.event(() => {
      chunk.eventData(() => chunk.text('x'));
      chunk.element('RenderingInfo', () => chunk.element('Message', () => chunk.text('said')));
    });
    expect((await readOne(chunk)).record.data).toEqual([['', 'x']]);
  });
});
