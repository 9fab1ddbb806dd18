import { Injectable } from '@nestjs/common';

/** The paths at which features answer over HTTP, by their names, for pages that link to them. */
@Injectable()
export class HttpPaths {
  readonly #paths = new Map<string, string>();

  /** @param path begins with a slash and contains the global prefix, if there is one */
  add(name: string, path: string): void {
    this.#paths.set(name, path);
  }

  /** Undefined where no feature answers under this name. */
  find(name: string): string | undefined {
    return this.#paths.get(name);
  }
}
