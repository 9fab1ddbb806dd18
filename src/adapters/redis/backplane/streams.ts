import { join } from 'node:path';
import type { StreamPosition } from '../../../protocol/position';
import type { RoomName } from '../../../protocol/room-name';
import type { RedisConnections } from '../redis-connections';
import { Script } from '../script';
import {
  StreamUsage,
  PageRequest,
  Publication,
  Retention,
  StoredPublication,
  StreamGap,
  StreamPage,
} from '../../../publishing/backplane';
import { decodePublication, encodeHeader } from '../../../publishing/publication.codec';
import { Shares } from './shares';
import { uniqueId } from '../../../protocol/unique-id';

/** A room in which nothing is published is remembered for so long after somebody last asked for it. */
const IDLE_MS = 15 * 60_000;
/** What one read brings at most, beside its last publication: Redis serves nobody else meanwhile. */
const READ_BYTES = 256 * 1024;
/** What a script may be told, as a number it can add to the time. */
const MAX_AGE_MS = 100 * 365 * 86_400_000;
const MAX_PUBLICATIONS = 2 ** 31;
const MAX_BYTES = 2 ** 52;

const file = (name: string): string => join(__dirname, name);
const roomScript = (name: string): Script => new Script(3, file('../lineage.lua'), file('room.lua'), file(name));
const PUBLISH = roomScript('publish.lua');
const POSITION = roomScript('position.lua');
const READ = roomScript('read.lua');
const PAGE = roomScript('page.lua');
const KEPT = roomScript('kept.lua');

/** Where a stream ends, for whoever followed it up to a position. */
export interface StreamEnd extends StreamPosition {
  /** Up to which offset the stream is still the one that was followed; -1: it never was, or that is not known any more. */
  readonly left: number;
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
  readonly #process = uniqueId(12);
  readonly #verb: string;
  readonly shares: Shares;
  #epochs = 0;

  constructor(
    private readonly redis: RedisConnections,
    private readonly retention: () => Pick<Retention, 'limitsOf' | 'maxBytesPerUser'>,
  ) {
    redis.define(PUBLISH, POSITION, READ, PAGE, KEPT);
    this.shares = new Shares(redis);
    this.#verb = redis.sharded ? 'SPUBLISH' : 'PUBLISH';
  }

  /** Where a room's publications go out. */
  channel(room: RoomName): string {
    return this.redis.key(room);
  }

  async publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    const { maxPublications, maxAgeMs, maxBytes } = this.#limits(room);
    const id = publication.delivery === 'volatile' || maxPublications === 0 ? '' : publication.id;
    const { body, publisher = '' } = publication;
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const given = [this.#verb, encodeHeader(publication), bytes, id, maxPublications, maxAgeMs, maxBytes, publisher];
    const [epoch, offset, grown] = await this.#run<[Buffer, number, number]>(PUBLISH, room, ...given);
    if (publisher && grown) this.#charge(publisher, grown, maxAgeMs);
    return { epoch: epoch.toString(), offset: id === '' && maxPublications === 0 ? 0 : offset };
  }

  async end(room: RoomName, followed?: StreamPosition): Promise<StreamEnd> {
    const { epoch: known = '', offset: at = 0 } = followed ?? {};
    const [epoch, offset, left] = await this.#run<[Buffer, number, number]>(POSITION, room, known, at);
    return { epoch: epoch.toString(), offset, left };
  }

  /** The begin of what came after a position. @throws StreamGap */
  async read(room: RoomName, { epoch, offset }: StreamPosition, maxBytes = READ_BYTES): Promise<Stretch> {
    const { maxAgeMs } = this.#limits(room);
    const read = await this.#run<Buffer | [number, ...Buffer[]]>(
      READ,
      room,
      epoch,
      offset,
      Math.min(maxBytes, READ_BYTES),
      maxAgeMs,
    );
    if (Buffer.isBuffer(read)) throw new StreamGap(read.toString());
    const [last, ...parts] = read;
    const publications: StoredPublication[] = [];
    for (let i = 0; i < parts.length; i += 3) {
      publications.push(stored(offset + 1 + i / 3, parts[i], parts[i + 1], parts[i + 2]));
    }
    return { last, publications };
  }

  async page(room: RoomName, { before, limit, maxBytes }: PageRequest): Promise<StreamPage> {
    const { maxAgeMs } = this.#limits(room);
    const [epoch, offset, more, ...parts] = await this.#run<[Buffer, number, number, ...(number | Buffer)[]]>(
      ...([PAGE, room, before ?? '', limit, maxBytes, maxAgeMs] as const),
    );
    const publications: StoredPublication[] = [];
    for (let i = 0; i < parts.length; i += 4) {
      publications.unshift(stored(...(parts.slice(i, i + 4) as [number, Buffer, Buffer, Buffer])));
    }
    return { position: { epoch: epoch.toString(), offset }, publications, hasMore: more === 1 };
  }

  /** What is too old counts until the next publication. */
  async kept(room: RoomName): Promise<StreamUsage> {
    const [publications, bytes] = await this.#run<[number, number]>(KEPT, room);
    return { publications, bytes };
  }

  #charge(user: string, bytes: number, maxAgeMs: number): void {
    const { maxBytesPerUser } = this.retention();
    if (maxBytesPerUser) this.shares.charge(user, bytes, maxBytesPerUser, maxAgeMs).catch(() => undefined);
  }

  #run<Reply>(script: Script, room: RoomName, ...args: (string | number | Buffer)[]): Promise<Reply> {
    const keys = [this.channel(room), this.redis.key(room, ':stream'), this.redis.key(room, ':ids')];
    const epoch = `${this.#process}${(++this.#epochs).toString(36)}`;
    return this.redis.run<Reply>(script, ...keys, epoch, IDLE_MS, ...args);
  }

  #limits(room: RoomName) {
    const { maxPublications, maxAgeMs, maxBytes = MAX_BYTES } = this.retention().limitsOf(room);
    return {
      maxPublications: Math.min(Math.floor(maxPublications), MAX_PUBLICATIONS),
      maxAgeMs: Math.max(1, Math.min(Math.ceil(maxAgeMs), MAX_AGE_MS)),
      maxBytes: Math.min(Math.floor(maxBytes), MAX_BYTES),
    };
  }
}

function stored(offset: number, header: Buffer, body: Buffer, publisher: Buffer): StoredPublication {
  return { ...decodePublication(header.toString(), body, publisher.toString()), offset };
}
