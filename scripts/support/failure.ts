import { EnvError } from '#lib/env.ts';

/** Something the user can mend; the message is one plain sentence that says how. Exit code 2 is for wrong arguments. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Runs a command's main function; an error becomes its sentence (or, unexpected, its stack) and the exit code. */
export async function runCommand(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const isExpected = error instanceof Failure || error instanceof EnvError;
    process.stderr.write(
      `${isExpected ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
    );
    process.exitCode = error instanceof Failure ? error.exitCode : 1;
  }
}
