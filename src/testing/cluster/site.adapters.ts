import type { Backplane } from '../../publishing/backplane';
import { Port, SharedAdapters } from '../../publishing/shared-adapters';

/** What one node has of the adapters that the nodes of a test share. */
export class SiteAdapters extends SharedAdapters {
  readonly #created = new Map<unknown, unknown>();

  constructor(
    override readonly backplane: Backplane,
    private readonly create: ReadonlyMap<unknown, () => unknown>,
  ) {
    super();
  }

  override find<Adapter>(port: Port<Adapter>): Adapter | undefined {
    if (!this.#created.has(port)) this.#created.set(port, this.create.get(port)?.());
    return this.#created.get(port) as Adapter | undefined;
  }

  /** Closes what this node has, as if its process had died. */
  async cut(withBackplane: boolean): Promise<void> {
    const ends = [...this.#created.values(), ...(withBackplane ? [this.backplane] : [])];
    await Promise.all(ends.map((end) => (end as { close?(): unknown } | undefined)?.close?.()));
  }

  override async close(): Promise<void> {}
}
