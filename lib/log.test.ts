import { describe, expect, it } from 'vitest';
import { createLog } from '#lib/log.ts';

function linesOf(write: (log: ReturnType<typeof createLog>) => void): string[] {
  const chunks: string[] = [];
  write(createLog({ write: (chunk) => void chunks.push(chunk) }));
  return chunks
    .join('')
    .split('\n')
    .filter((line) => line !== '');
}

describe('log', () => {
  it('writes one line an entry, whatever evidence brings', () => {
    const fileName = 'a\n{"level":"error","msg":"forged"}\u001b[2J\u2028';
    const lines = linesOf((log) => log.info({ fileName }, 'upload finished'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', fileName, msg: 'upload finished' });
  });

  it('hides secrets, also inside objects', () => {
    const lines = linesOf((log) =>
      log.info({ password: 'hunter2', headers: { authorization: 'hunter2', cookie: 'hunter2' } }),
    );
    expect(lines.join()).not.toContain('hunter2');
  });
});
