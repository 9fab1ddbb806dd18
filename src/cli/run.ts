import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { InvalidOption } from '../options/invalid-option';
import { asyncApiOf } from './asyncapi-of';
import { hostModule } from './host-module';
import { UserError } from './user-error';

const USAGE = `Usage: nestjs-realtime asyncapi --app <file> [--export <name>] [--out <file>]

Writes the AsyncAPI 3 document of an application, without listening.
  --app     the compiled file that exports its root module: dist/app.module.js
  --export  the name of that export, where there are several modules
  --out     where to write; left out: standard output

Providers are made as they are at the start, lifecycle hooks are not run: the configuration must be there, and what
factories open is opened.
`;

/** Runs the command line, and says how it ended: 0, 1 where it failed, 2 where it was not understood. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const { app, name, out } = parsed(args);
    const text = `${JSON.stringify(await asyncApiOf(await hostModule(app, name)), null, 2)}\n`;
    if (out === undefined) await print(text);
    else await write(out, text);
    return 0;
  } catch (error) {
    process.stderr.write(`${explained(error)}\n`);
    return error instanceof UserError ? error.exitCode : 1;
  }
}

/** What the user can mend needs no stack; what the application's own code threw does. */
function explained(error: unknown): string {
  if (error instanceof UserError || error instanceof InvalidOption) return error.message;
  return error instanceof Error ? error.stack! : String(error);
}

/** @throws UserError */
async function write(out: string, text: string): Promise<void> {
  try {
    await writeFile(out, text);
  } catch (cause) {
    throw new UserError(`The document cannot be written: ${(cause as Error).message}.`, 1, { cause });
  }
}

interface Arguments {
  readonly app: string;
  readonly name?: string;
  readonly out?: string;
}

/** @throws UserError with the usage */
function parsed(args: readonly string[]): Arguments {
  const string = { type: 'string' } as const;
  const options = { app: string, export: string, out: string };
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const { app, export: name, out } = values;
    if (positionals.join(' ') === 'asyncapi' && app) return { app, name, out };
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${USAGE}`, 2);
  }
  throw new UserError(USAGE, 2);
}

/** A pipe may take it in pieces; the process ends when all is through. */
function print(text: string): Promise<void> {
  return new Promise((done, fail) => process.stdout.write(text, (error) => (error ? fail(error) : done())));
}
