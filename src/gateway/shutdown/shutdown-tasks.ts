import { Injectable } from '@nestjs/common';

/**
 * What features have to finish at shutdown while the backplane and the database are still open. Nest calls the shutdown
 * hooks of modules in an order that depends on the order of the imports; this one does not.
 */
@Injectable()
export class ShutdownTasks {
  readonly #tasks: (() => unknown)[] = [];

  /** @param task runs once, after the last connection was closed */
  add(task: () => unknown): void {
    this.#tasks.push(task);
  }

  /** Runs all tasks. @throws what the first failed one threw, after all have ended */
  async run(): Promise<void> {
    const results = await Promise.allSettled(this.#tasks.map(async (task) => task()));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
  }
}
