import cluster, { Worker } from 'node:cluster';
import type { ClusterPrimaryOptions } from './cluster.options';
import { ServedWorker } from './served-worker';
import { Streams } from './streams';

/** The primary's side of a cluster: one place for every room's stream, and the workers that ask for them. */
export class ClusterPrimary {
  readonly #streams = new Streams();
  readonly #workers = new Map<Worker, ServedWorker>();

  constructor(private readonly options: Readonly<Required<ClusterPrimaryOptions>>) {
    for (const worker of Object.values(cluster.workers ?? {})) this.#serve(worker!);
    cluster.on('fork', this.#serve);
    cluster.on('disconnect', this.#forget);
  }

  /** Rooms some worker subscribes to. */
  get rooms(): number {
    return this.#streams.subscribed;
  }

  /** Ends the service: workers that run on get no answer any more. */
  async close(): Promise<void> {
    cluster.off('fork', this.#serve);
    cluster.off('disconnect', this.#forget);
    for (const worker of this.#workers.values()) worker.end();
    await this.#streams.close();
  }

  readonly #serve = (worker: Worker): void => {
    this.#workers.set(worker, new ServedWorker(worker.process, this.#streams, this.options.maxQueuedBytes));
  };

  readonly #forget = (worker: Worker): void => {
    this.#workers.delete(worker);
  };
}
