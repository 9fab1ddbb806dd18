import { Backoff } from '../../async/backoff';
import type { Deployment } from './deployment';
import type { Link } from './link';

/** Who hears a channel. */
export interface Listener {
  message(bytes: Buffer): void;
  /** The channel is listened to again; what was said meanwhile was not heard. Rejects: once more. */
  regained(): Promise<void>;
}

interface Entry {
  readonly listener: Listener;
  /** Where the channel is listened to, as far as is known. */
  link?: Link;
  /** It is heard until Redis has taken the call, and not listened to again. */
  leaving?: boolean;
}

/** How many channels are listened to again at a time. */
const BATCH = 200;
/** A slot may be on its way from node to node. */
const ATTEMPTS = 4;
const ROUND_TICK_MS = 1000;

/**
 * What this process listens to. Redis forgets it with the connection: then everything is listened to again, in batches,
 * and each listener is told that it may have missed something. As a safeguard against whatever else goes wrong, that
 * happens to each channel once in a while.
 */
export class Subscriber {
  readonly #entries = new Map<string, Entry>();
  readonly #lost = new Set<string>();
  readonly #backoff: Backoff;
  readonly #timer: NodeJS.Timeout;
  #round: Iterator<string> = this.#entries.keys();
  #regaining = false;
  #closed = false;

  /** @param roundMs within which each channel is listened to once more */
  constructor(
    private readonly deployment: () => Deployment,
    maxBackoffMs: number,
    private readonly roundMs: number,
  ) {
    this.#backoff = new Backoff(maxBackoffMs);
    this.#timer = setInterval(() => this.#continueRound(), ROUND_TICK_MS).unref();
  }

  /**
   * The last call for a channel counts. Once it resolves every message is heard, and messages are heard no earlier
   * than Redis took the call.
   * @throws Error
   */
  async subscribe(channel: string, listener: Listener): Promise<void> {
    const entry: Entry = { listener };
    this.#entries.set(channel, entry);
    for (let attempt = 1; ; attempt++) {
      const { failed, error } = await this.#place([[channel, entry]]);
      if (!failed.length) return;
      const last = attempt === ATTEMPTS || !this.deployment().sharded;
      if (last && this.#entries.get(channel) === entry) this.#entries.delete(channel);
      if (last) throw error;
      await this.deployment().refresh();
    }
  }

  /** What was said before is still heard. */
  async unsubscribe(channel: string): Promise<void> {
    const entry = this.#entries.get(channel);
    if (!entry) return;
    entry.leaving = true;
    await entry.link?.unsubscribe(channel);
    if (this.#entries.get(channel) === entry) this.#entries.delete(channel);
  }

  message(channel: string, bytes: Buffer): void {
    this.#entries.get(channel)?.listener.message(bytes);
  }

  /** Listens anew to all channels, to all of a link, or to one. */
  renew(what?: Link | string): void {
    if (typeof what === 'string') this.#lost.add(what);
    else for (const [channel, { link }] of this.#entries) if (!what || link === what) this.#lost.add(channel);
    void this.#regain();
  }

  /** A connection is there: no need to wait. */
  wake(): void {
    this.#backoff.wake();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#entries.clear();
    this.#lost.clear();
    this.#backoff.wake();
  }

  async #regain(): Promise<void> {
    if (this.#regaining) return;
    this.#regaining = true;
    while (this.#lost.size && !this.#closed) {
      const batch = this.#takeLost();
      const { failed } = await this.#place(batch);
      const deaf = new Set(failed);
      const heard = await Promise.all(batch.map(async (each) => !deaf.has(each[0]) && this.#tell(each)));
      const again = batch.filter((_, i) => !heard[i]);
      for (const [channel, entry] of again) if (this.#entries.get(channel) === entry) this.#lost.add(channel);
      if (again.length) await this.#backoff.wait();
      if (failed.length && !this.#closed) await this.deployment().refresh();
    }
    this.#regaining = false;
  }

  #takeLost(): [string, Entry][] {
    const batch: [string, Entry][] = [];
    for (const channel of this.#lost) {
      this.#lost.delete(channel);
      const entry = this.#entries.get(channel);
      if (entry && !entry.leaving) batch.push([channel, entry]);
      if (batch.length === BATCH) break;
    }
    return batch;
  }

  async #tell([channel, entry]: [string, Entry]): Promise<boolean> {
    if (this.#entries.get(channel) !== entry) return true;
    return entry.listener.regained().then(
      () => true,
      () => false,
    );
  }

  /** Listens where each channel belongs. What is called here first is sent first. */
  async #place(channels: readonly [string, Entry][]): Promise<{ failed: readonly string[]; error?: unknown }> {
    const failed: string[] = [];
    const reasons: unknown[] = [];
    const links = new Map<Link, string[]>();
    for (const [channel, entry] of channels) {
      try {
        const link = (entry.link = this.deployment().linkOf(channel));
        const others = links.get(link);
        if (others) others.push(channel);
        else links.set(link, [channel]);
      } catch (error) {
        failed.push(channel);
        reasons.push(error);
      }
    }
    for (const result of await Promise.all([...links].map(([link, its]) => link.subscribe(its)))) {
      failed.push(...result.failed);
      reasons.push(result.error);
    }
    return { failed, error: reasons.find(Boolean) };
  }

  #continueRound(): void {
    const count = Math.ceil((this.#entries.size * ROUND_TICK_MS) / this.roundMs);
    for (let i = 0; i < count; i++) {
      let next = this.#round.next();
      if (next.done) next = (this.#round = this.#entries.keys()).next();
      if (!next.done) this.#lost.add(next.value);
    }
    if (count) void this.#regain();
  }
}
