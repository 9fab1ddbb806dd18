import { readFileSync } from 'node:fs';

/** A Lua script that runs in Redis: the text of its files, one behind the other. They say what it takes and returns. */
export class Script {
  readonly #files: readonly string[];

  constructor(
    readonly keys: number,
    ...files: readonly string[]
  ) {
    this.#files = files;
  }

  read(): string {
    return this.#files.map((file) => readFileSync(file, 'utf8')).join('\n');
  }
}
