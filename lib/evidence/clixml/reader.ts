import type { Block, ByteSource, ReadOptions } from '#lib/evidence/record.ts';
import type { TextForm } from '#lib/evidence/text/block.ts';
import { encodingOf } from '#lib/evidence/text/encoding.ts';
import { TEXT_LIMITS, type TextLimits } from '#lib/evidence/text/limits.ts';
import { readRecords } from '#lib/evidence/text/reader.ts';
import { createTimeReader } from '#lib/evidence/text/times.ts';
import { clixmlEvent } from './event.ts';
import { ObjectSplitter } from './splitter.ts';
import { ESCAPES } from './value.ts';

/**
 * Reads `Get-WinEvent | Export-Clixml` of Windows PowerShell (UTF-16) and PowerShell 7 (UTF-8), in the serialization of
 * [MS-PSRP] 2.2.5. A block is about 1 MiB, cut between exported objects, and depends on nothing before it. What is no event
 * becomes a problem with its byte offset and line. Holds at most the longest object that is read, and a block.
 *
 * Throws what the source throws, the signal's reason when aborted, and RangeError for a zone that there is not.
 */
export async function* readClixml(
  source: ByteSource,
  options: ReadOptions = {},
  limits: TextLimits = TEXT_LIMITS,
): AsyncGenerator<Block> {
  const times = createTimeReader(options.timeZone);
  const form: TextForm = {
    code: 'xml-syntax',
    what: 'event',
    times,
    hides: ESCAPES,
    shape: (text) => clixmlEvent(text, times),
  };
  const encoding = await encodingOf(source);
  yield* readRecords(source, options, {
    encoding,
    limits,
    form,
    open: (window, start) => new ObjectSplitter(window, start, limits),
  });
}
