/** `npm run bench`: see bench/run.ts; with --filters bench/filters.ts. */
const bench = process.argv.includes('--filters') ? import('../bench/filters.ts') : import('../bench/run.ts');
bench.catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
