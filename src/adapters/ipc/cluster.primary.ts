import cluster, { Worker } from 'node:cluster';
import type { ClusterPrimaryOptions } from './cluster.options';
import { ServedWorker } from './served-worker';
import { Streams } from './streams';

/** The primary's side of a cluster: one place for every room's stream, and the workers that ask for them. */
export class ClusterPrimary {
  readonly #streams = new Streams();
  readonly #workers = new Set<ServedWorker>();

  constructor(private readonly options: Readonly<Required<ClusterPrimaryOptions>>) {
    for (const worker of Object.values(cluster.workers ?? {})) this.#serve(worker!);
    cluster.on('fork', this.#serve);
  }

  /** Rooms some worker subscribes to. */
  get rooms(): number {
    return this.#streams.subscribed;
  }

  /** Ends the service: workers that run on get no answer any more. */
  async close(): Promise<void> {
    cluster.off('fork', this.#serve);
    for (const worker of this.#workers) worker.end();
    await this.#streams.close();
  }

  readonly #serve = (worker: Worker): void => {
    const ended = (): void => void this.#workers.delete(served);
    const served = new ServedWorker(worker.process, this.#streams, this.options.maxQueuedBytes, ended);
    this.#workers.add(served);
  };
}
