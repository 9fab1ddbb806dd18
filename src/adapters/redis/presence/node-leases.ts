import { join } from 'node:path';
import type { RoomName } from '../../../protocol/room-name';
import type { RedisConnections } from '../redis-connections';
import { Script } from '../script';
import { uniqueId } from '../../../protocol/unique-id';

/** What no node says anything about is forgotten after this long. */
export const KEEP_MS = 60 * 60_000;

const script = (keys: number, name: string): Script => new Script(keys, join(__dirname, name));
const RENEW = script(3, 'renew.lua');
const RETIRE = script(2, 'retire.lua');
const INDEX = script(1, 'index.lua');

const PAGE = 100;

export interface Renewal {
  /** Another one than before: Redis has lost what was in it. */
  readonly epoch: string;
  /** False: nobody has heard of this node, or it was taken for dead. */
  readonly wasAlive: boolean;
  /** For how long nodes were heard without a break, milliseconds. */
  readonly settledMs: number;
  /** A dead node whose rooms are now this one's, and how long ago it was heard. */
  readonly dead?: { readonly node: string; readonly heardMs: number };
}

/** The nodes that live, and the rooms of each. */
export class NodeLeases {
  readonly #keys: readonly [string, string, string];

  constructor(
    private readonly redis: RedisConnections,
    private readonly leaseMs: number,
  ) {
    redis.define(RENEW, RETIRE, INDEX);
    const key = (name: string): string => redis.key('presence', name);
    this.#keys = [key(':alive'), key(':dead'), key(':state')];
  }

  /** Says that a node lives. `busyWith`: the dead one whose rooms it takes over just now. */
  async renew(node: string, busyWith = ''): Promise<Renewal> {
    const reply = await this.redis.run<[Buffer, number, number, Buffer, number]>(
      ...([RENEW, ...this.#keys, node, this.leaseMs, uniqueId(12), busyWith, KEEP_MS] as const),
    );
    const [epoch, alive, settledMs, dead, heardMs] = reply;
    const found = dead.length ? { node: dead.toString(), heardMs } : undefined;
    return { epoch: epoch.toString(), wasAlive: alive === 1, settledMs, dead: found };
  }

  /** A node ends: somebody else takes over at once. */
  async sayGoodbye(node: string): Promise<void> {
    await this.redis.run(RETIRE, ...this.#keys.slice(0, 2), 'good-bye', node);
  }

  /** All rooms of a dead node are taken over. */
  async bury(node: string): Promise<void> {
    await this.redis.run(RETIRE, ...this.#keys.slice(0, 2), 'done', node);
  }

  async addRoom(node: string, room: RoomName): Promise<void> {
    await this.redis.run(INDEX, this.#roomsOf(node), 'add', KEEP_MS, room);
  }

  async removeRooms(node: string, ...rooms: readonly RoomName[]): Promise<void> {
    await this.redis.run(INDEX, this.#roomsOf(node), 'remove', 0, ...rooms);
  }

  /** Some of a node's rooms; none: it has none. */
  async someRooms(node: string): Promise<readonly RoomName[]> {
    return (await this.redis.run<Buffer[]>(INDEX, this.#roomsOf(node), 'some', PAGE)).map(String);
  }

  #roomsOf(node: string): string {
    return this.redis.key(node, ':rooms');
  }
}
