import { nanoid } from 'nanoid';
import { join } from 'node:path';
import type { StreamPosition } from '../../protocol/position';
import type { RoomName } from '../../protocol/room-name';
import type { RedisConnections } from '../../redis/redis-connections';
import { Script } from '../../redis/script';
import { Kept, PageRequest, Publication, Retention, StoredPublication, StreamGap, StreamPage } from '../backplane';
import { decodePublication, encodeHeader } from './message';

/** A room in which nothing is published is remembered for so long after somebody last asked for it. */
const IDLE_MS = 15 * 60_000;
/** What one read brings at most, beside its last publication: Redis serves nobody else meanwhile. */
const READ_BYTES = 256 * 1024;
/** What a script may be told, as a number it can add to the time. */
const MAX_AGE_MS = 100 * 365 * 86_400_000;
const MAX_PUBLICATIONS = 2 ** 31;

const file = (name: string): string => join(__dirname, name);
const roomScript = (name: string): Script => new Script(3, file('room.lua'), file(name));
const PUBLISH = roomScript('publish.lua');
const POSITION = roomScript('position.lua');
const READ = roomScript('read.lua');
const PAGE = roomScript('page.lua');
const KEPT = roomScript('kept.lua');

/** Up to where a stream was followed. The id of the publication there tells whether it is still the same stream. */
export interface Followed extends StreamPosition {
  readonly id: string;
}

/** Some of what came after a position. */
export interface Stretch {
  /** The stream's last offset. */
  readonly last: number;
  readonly publications: readonly StoredPublication[];
}

/** The streams of all rooms, as they are in Redis. */
export class Streams {
  /** Epochs are drawn here, so that no two are the same: this process' own part, and a count. */
  readonly #process = nanoid(12);
  readonly #verb: string;
  #epochs = 0;

  constructor(
    private readonly redis: RedisConnections,
    private readonly limitsOf: Retention['limitsOf'],
  ) {
    redis.define(PUBLISH, POSITION, READ, PAGE, KEPT);
    this.#verb = redis.sharded ? 'SPUBLISH' : 'PUBLISH';
  }

  /** Where a room's publications go out. */
  channel(room: RoomName): string {
    return this.redis.key(room);
  }

  async publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    const { maxPublications, maxAgeMs } = this.#limits(room);
    const id = publication.delivery === 'volatile' || maxPublications === 0 ? '' : publication.id;
    const { body } = publication;
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const given = [this.#verb, encodeHeader(publication), bytes, id, maxPublications, maxAgeMs];
    const [epoch, offset] = await this.#run<[Buffer, number]>(PUBLISH, room, ...given);
    return { epoch: epoch.toString(), offset: id === '' && maxPublications === 0 ? 0 : offset };
  }

  /** Where the stream ends. It gets a new epoch when it is not the one that was followed so far any more. */
  async end(room: RoomName, followed?: Followed): Promise<Followed> {
    const { epoch: known = '', offset: at = 0, id: there = '' } = followed ?? {};
    const [epoch, offset, id] = await this.#run<[Buffer, number, Buffer]>(POSITION, room, known, at, there);
    return { epoch: epoch.toString(), offset, id: id.toString() };
  }

  /** The begin of what came after a position. @throws StreamGap */
  async read(room: RoomName, { epoch, offset }: StreamPosition): Promise<Stretch> {
    const { maxAgeMs } = this.#limits(room);
    const read = await this.#run<Buffer | [number, ...Buffer[]]>(READ, room, epoch, offset, READ_BYTES, maxAgeMs);
    if (Buffer.isBuffer(read)) throw new StreamGap(read.toString());
    const [last, ...parts] = read;
    const publications: StoredPublication[] = [];
    for (let i = 0; i < parts.length; i += 2) {
      publications.push({ ...decodePublication(parts[i], parts[i + 1]), offset: offset + 1 + i / 2 });
    }
    return { last, publications };
  }

  async page(room: RoomName, { before, limit, maxBytes }: PageRequest): Promise<StreamPage> {
    const { maxAgeMs } = this.#limits(room);
    const [epoch, offset, more, ...parts] = await this.#run<[Buffer, number, number, ...(number | Buffer)[]]>(
      ...([PAGE, room, before ?? '', limit, maxBytes, maxAgeMs] as const),
    );
    const publications: StoredPublication[] = [];
    for (let i = 0; i < parts.length; i += 3) {
      const [at, header, body] = parts.slice(i, i + 3) as [number, Buffer, Buffer];
      publications.unshift({ ...decodePublication(header, body), offset: at });
    }
    return { position: { epoch: epoch.toString(), offset }, publications, hasMore: more === 1 };
  }

  /** What is too old counts until the next publication. */
  async kept(room: RoomName): Promise<Kept> {
    const [publications, bytes] = await this.#run<[number, number]>(KEPT, room);
    return { publications, bytes };
  }

  #run<Reply>(script: Script, room: RoomName, ...args: (string | number | Buffer)[]): Promise<Reply> {
    const keys = [this.channel(room), this.redis.key(room, ':stream'), this.redis.key(room, ':ids')];
    const epoch = `${this.#process}${(++this.#epochs).toString(36)}`;
    return this.redis.run<Reply>(script, ...keys, epoch, IDLE_MS, ...args);
  }

  #limits(room: RoomName) {
    const { maxPublications, maxAgeMs } = this.limitsOf(room);
    return {
      maxPublications: Math.min(Math.floor(maxPublications), MAX_PUBLICATIONS),
      maxAgeMs: Math.max(1, Math.min(Math.ceil(maxAgeMs), MAX_AGE_MS)),
    };
  }
}
