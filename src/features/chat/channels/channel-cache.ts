import { Injectable } from '@nestjs/common';
import { BoundedCache } from '../../../async/bounded-cache';
import { ChannelMembers, Standing } from './channel-members.repository';
import { ChannelRow, ChannelRows } from './channels.repository';
import { CHANNEL_ID } from './channel';

/**
 * How long a change may go unnoticed here that nobody tells of, milliseconds: of a node that died in the middle of it, or
 * knows of no other. What this node changes, and what it is told, it forgets at once.
 */
const TTL_MS = 3_000;
const MAX_CHANNELS = 10_000;
const MAX_STANDINGS = 50_000;

/** What publishing in a channel asks for, without a query each time. What is at hand is no promise. */
@Injectable()
export class ChannelCache {
  readonly #channels = new BoundedCache<{ readonly row?: ChannelRow }>({ entries: MAX_CHANNELS }, { ttl: TTL_MS });
  readonly #standings = new BoundedCache<Standing>({ entries: MAX_STANDINGS }, { ttl: TTL_MS });
  /** Counts what was forgotten: an answer that was asked for before is out of date. */
  #forgotten = 0;

  constructor(
    private readonly rows: ChannelRows,
    private readonly members: ChannelMembers,
  ) {}

  channel(id: string): { readonly row?: ChannelRow } | Promise<{ readonly row?: ChannelRow }> {
    if (!CHANNEL_ID.test(id)) return {};
    return this.#channels.get(id) ?? this.#load(this.#channels, id, async () => ({ row: await this.rows.find(id) }));
  }

  standing(id: string, userId: string): Standing | Promise<Standing> {
    if (!CHANNEL_ID.test(id)) return {};
    const key = keyOf(id, userId);
    return this.#standings.get(key) ?? this.#load(this.#standings, key, () => this.members.standing(id, userId));
  }

  /** After a change of a channel, or of one user's place in it. */
  forget(id: string, userId?: string): void {
    this.#forgotten++;
    if (userId === undefined) this.#channels.delete(id);
    else this.#standings.delete(keyOf(id, userId));
  }

  /** After changes nobody knows of. */
  forgetAll(): void {
    this.#forgotten++;
    this.#channels.clear();
    this.#standings.clear();
  }

  async #load<Value extends object>(
    cache: BoundedCache<Value>,
    key: string,
    read: () => Promise<Value>,
  ): Promise<Value> {
    const before = this.#forgotten;
    const value = await read();
    if (before === this.#forgotten) cache.set(key, value);
    return value;
  }
}

/** No channel's id has a space in it. */
function keyOf(id: string, userId: string): string {
  return `${id} ${userId}`;
}
