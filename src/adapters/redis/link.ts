import type { Redis } from 'ioredis';
import { connected, disconnect } from './client';

/** What becomes of a link. */
export interface LinkEvents {
  message(channel: string, bytes: Buffer): void;
  /** What this link listened to may go unheard from now on. */
  lost(link: Link): void;
  /** It is connected. */
  ready(): void;
}

/** A slot with many channels moves with as many notices. */
const MOVED_MS = 50;

/** One connection that listens to channels. It forgets them when it is lost: what it listens to is others' concern. */
export class Link {
  readonly #connected: Promise<void>;
  #opening = true;
  #moved: NodeJS.Timeout | undefined;

  constructor(
    readonly client: Redis,
    private readonly sharded: boolean,
    private readonly events: LinkEvents,
    timeoutMs: number,
  ) {
    client.on(sharded ? 'smessageBuffer' : 'messageBuffer', (channel: Buffer, bytes: Buffer) =>
      events.message(channel.toString(), bytes),
    );
    client.on('ready', () => events.ready());
    client.on('close', () => events.lost(this));
    client.on('moved', () => (this.#moved ??= setTimeout(this.#slotMoved, MOVED_MS)));
    this.#connected = connected(client, timeoutMs).then(() => void (this.#opening = false));
  }

  get ready(): boolean {
    return this.client.status === 'ready';
  }

  /** Returns the channels it does not listen to, for whatever reason; with the reason of one of them. */
  async subscribe(channels: readonly string[]): Promise<{ failed: readonly string[]; error?: unknown }> {
    if (this.#opening) await this.#connected;
    if (!this.sharded) {
      const error = await this.client.subscribe(...channels).then(noError, (reason: unknown) => reason);
      return { failed: error ? channels : [], error };
    }
    const errors = await Promise.all(
      channels.map((channel) => this.client.ssubscribe(channel).then(noError, (reason: unknown) => reason)),
    );
    return { failed: channels.filter((_, i) => errors[i]), error: errors.find(Boolean) };
  }

  /** Stops listening. What fails here is the connection, and with it goes what it listened to. */
  async unsubscribe(channel: string): Promise<void> {
    if (!this.ready) return;
    const left = this.sharded ? this.client.sunsubscribe(channel) : this.client.unsubscribe(channel);
    await left.catch(() => undefined);
  }

  close(): void {
    clearTimeout(this.#moved);
    disconnect(this.client);
  }

  /** The server does not say which channels it no longer serves. */
  readonly #slotMoved = (): void => {
    this.#moved = undefined;
    this.events.lost(this);
  };
}

function noError(): undefined {
  return undefined;
}
