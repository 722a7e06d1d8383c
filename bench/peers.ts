/** `node bench/peers.ts json|xml FILE`: what a plain program does with the same text, as a measure for `scan`. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { SaxesParser } from 'saxes';

const [form, file = ''] = process.argv.slice(2);
let events = 0;
if (form === 'json') {
  // JSON.parse of each line.
  for await (const line of createInterface({ input: createReadStream(file) })) {
    JSON.parse(line);
    events += 1;
  }
} else {
  // A SAX parser over the text, under a root element.
  const parser = new SaxesParser();
  parser.on('opentag', ({ name }) => {
    if (name === 'Event') events += 1;
  });
  // It refuses references to characters that XML forbids, which script blocks hold, and goes on.
  parser.on('error', () => undefined);
  parser.write('<Events>');
  for await (const text of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    parser.write(text);
  }
  parser.write('</Events>').close();
}
process.stdout.write(`${events} events\n`);
