import { join } from 'node:path';
import type { Member } from '../../../protocol/frames';
import type { RoomName } from '../../../protocol/room-name';
import type { RedisConnections } from '../redis-connections';
import { Script } from '../script';
import type { MembersPage, MembersRequest, Presence } from '../../../features/presence/presence-store';
import type { NodeName } from './node-name';
import { KEEP_MS } from './node-leases';

const file = (name: string): string => join(__dirname, name);
const rosterScript = (keys: number, name: string): Script => new Script(keys, file('roster.lua'), file(name));
const PUT = rosterScript(5, 'put.lua');
const DUE = rosterScript(3, 'due.lua');
const REAP = rosterScript(4, 'reap.lua');
const CHECK = rosterScript(4, 'check.lua');
const LIST = rosterScript(3, 'list.lua');

/** Of how many users one script takes care: Redis serves nobody else meanwhile. */
const BATCH = 100;

/** A user as one node has it in a room. */
export interface Entry {
  readonly userId: string;
  readonly name?: string;
  readonly connections: Iterable<Presence>;
  /** How long the user is still there without a connection, milliseconds. */
  readonly graceMs: number;
  /** Redis has lost that the user was there, and is to have it again. */
  readonly isRestored: boolean;
}

/** How long until somebody is due, milliseconds; nothing: nobody is. */
export type NextDue = number | undefined;

export interface Put {
  readonly change: 'joined' | 'left' | undefined;
  readonly connections: number;
  readonly nextDueMs: NextDue;
}

export interface Due {
  readonly gone: readonly { readonly userId: string; readonly name?: string }[];
  readonly connections: number;
  readonly nextDueMs: NextDue;
}

/** Who is in which room, as it is in Redis. */
export class PresenceRecords {
  constructor(private readonly redis: RedisConnections) {
    redis.define(PUT, DUE, REAP, CHECK, LIST);
  }

  async put(room: RoomName, { current, former }: NodeName, entry: Entry): Promise<Put> {
    const { userId, name, connections, graceMs, isRestored } = entry;
    const args: (string | number)[] = [userId, toText(name), Math.ceil(graceMs), isRestored ? 1 : 0];
    for (const { connectionId, joinedAt, meta = '' } of connections) args.push(connectionId, joinedAt, meta);
    const sets = [this.#setOf(room, current), this.#setOf(room, former || current)];
    const [change, count, due] = await this.redis.run<number[]>(
      ...([PUT, ...this.#keys(room), ...sets, KEEP_MS, current, former, ...args] as const),
    );
    return { change: CHANGES[change + 1], connections: count, nextDueMs: toDue(due) };
  }

  /** Takes out those whose grace is over. Who is taken out here is taken out nowhere else. */
  async due(room: RoomName): Promise<Due> {
    const [connections, due, ...parts] = await this.redis.run<[number, number, ...Buffer[]]>(
      ...([DUE, ...this.#keys(room), KEEP_MS, BATCH] as const),
    );
    const gone: Due['gone'][number][] = [];
    for (let i = 0; i < parts.length; i += 2) {
      gone.push({ userId: parts[i].toString(), name: fromText(parts[i + 1].toString()) });
    }
    return { gone, connections, nextDueMs: toDue(due) };
  }

  /** Takes out all connections of a node that is gone; their users are due after `graceMs`. */
  async reap(room: RoomName, node: string, graceMs: number): Promise<NextDue> {
    const keys = [...this.#keys(room), this.#setOf(room, node)];
    for (;;) {
      const args = [KEEP_MS, node, Math.ceil(graceMs), BATCH] as const;
      const [more, due] = await this.redis.run<[number, number]>(REAP, ...keys, ...args);
      if (!more) return toDue(due);
    }
  }

  /** The users a node has in the room according to Redis, when those are not so many. */
  async check(room: RoomName, { current }: NodeName, users: number): Promise<readonly string[] | undefined> {
    const keys = [...this.#keys(room), this.#setOf(room, current)];
    const found = await this.redis.run<Buffer[] | null>(CHECK, ...keys, KEEP_MS, current, users);
    return found?.map(String);
  }

  async list(room: RoomName, { limit, maxBytes }: MembersRequest): Promise<MembersPage> {
    const most = Math.min(maxBytes, Number.MAX_SAFE_INTEGER);
    const [more, ...parts] = await this.redis.run<[number, ...(Buffer | number)[]]>(
      ...([LIST, ...this.#keys(room), KEEP_MS, limit, most] as const),
    );
    const members: Member[] = [];
    for (let i = 0; i < parts.length; i += 5) members.push(toMember(parts.slice(i, i + 5)));
    return { members, hasMore: more === 1 };
  }

  #keys(room: RoomName): string[] {
    return [':roster', ':order', ':due'].map((name) => this.redis.key(room, name));
  }

  #setOf(room: RoomName, node: string): string {
    return this.redis.key(room, `:at:${node}`);
  }
}

const CHANGES = ['left', undefined, 'joined'] as const;

function toMember(parts: readonly (Buffer | number)[]): Member {
  const [userId, name, since, connections, meta] = parts.map(String);
  return {
    user_id: userId,
    name: fromText(name),
    connections: Number(connections),
    joined_at: new Date(Number(since)).toISOString(),
    ...(meta && { meta: JSON.parse(meta) as Member['meta'] }),
  };
}

function toDue(ms: number): NextDue {
  return ms < 0 ? undefined : ms;
}

/** No name is another one than the empty one. */
function toText(name: string | undefined): string {
  return name === undefined ? '' : `=${name}`;
}

function fromText(text: string): string | undefined {
  return text ? text.slice(1) : undefined;
}
