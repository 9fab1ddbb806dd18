import { Injectable, Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../async/clock';
import type { Connection } from '../../connections/connection';
import type { ServerFrameData } from '../../protocol/frames';
import type { RoomName } from '../../protocol/room-name';
import { toPublication } from '../../publishing/publication';
import { Publisher } from '../../publishing/publisher';
import { RoomRegistry } from '../../rooms/room-registry';

/** Who says nothing for this long is not typing any more, milliseconds. */
const SILENCE_MS = 5_000;
/** That a user types is shown at most this often, milliseconds. */
const REPEAT_MS = 2_000;
const SWEEP_MS = 250;

/** A user in a room. Here only while in the room: no client can make more of them than it has memberships. */
interface Typist {
  readonly room: RoomName;
  readonly userId: string;
  readonly name?: string;
  /** The one it typed over last. */
  connection: Connection;
  /** When it stops typing, unless it goes on; 0: it has. */
  until: number;
  /** What the members see. */
  shown: boolean;
  shownAt: number;
}

/** Who is typing where, on this node. One timer for all of them, and only while there are some. */
@Injectable()
export class TypingIndicators implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('RealtimeModule');
  readonly #typists = new Map<string, Typist>();
  #unwatch: (() => void) | undefined;

  constructor(
    private readonly rooms: RoomRegistry,
    private readonly publisher: Publisher,
    private readonly clock: Clock,
  ) {}

  get size(): number {
    return this.#typists.size;
  }

  onApplicationBootstrap(): void {
    this.rooms.membershipChanges.subscribe(({ type, connection, room }) => {
      if (type === 'joined') return;
      const typist = this.#typists.get(keyOf(room, connection.userId!));
      if (typist?.connection === connection) this.#signal(this.#stop(typist));
    });
  }

  onApplicationShutdown(): void {
    this.#unwatch?.();
  }

  /** @throws RealtimeError `unavailable` */
  async typing(connection: Connection, room: RoomName): Promise<void> {
    const typist = this.#typistOf(connection, room);
    typist.connection = connection;
    typist.until = this.clock.now() + SILENCE_MS;
    if (isDue(typist, this.clock.now())) await this.#show(typist, true);
  }

  /** @throws RealtimeError `unavailable` */
  async stopped(userId: string, room: RoomName): Promise<void> {
    const typist = this.#typists.get(keyOf(room, userId));
    if (typist) await this.#stop(typist);
  }

  #typistOf(connection: Connection, room: RoomName): Typist {
    const { userId, name } = connection.identity!;
    const key = keyOf(room, userId);
    let typist = this.#typists.get(key);
    if (!typist) {
      typist = { room, userId, name, connection, until: 0, shown: false, shownAt: 0 };
      this.#typists.set(key, typist);
      this.#unwatch ??= this.clock.every(SWEEP_MS, () => this.#sweep());
    }
    return typist;
  }

  async #stop(typist: Typist): Promise<void> {
    typist.until = 0;
    if (typist.shown) await this.#show(typist, false);
  }

  async #show(typist: Typist, typing: boolean): Promise<void> {
    const { room, userId, name } = typist;
    typist.shown = typing;
    // That it stopped is shown at once; the time counts from when it was last said to type.
    if (typing) typist.shownAt = this.clock.now();
    const data: ServerFrameData['user_typing'] = { user_id: userId, name, typing };
    const options = { delivery: 'volatile', exceptUser: userId } as const;
    await this.publisher.publish(room, toPublication(room, 'user_typing', data, undefined, options));
  }

  /** Ends what is silent, and shows who began again too soon after it stopped. */
  #sweep(): void {
    const now = this.clock.now();
    for (const [key, typist] of this.#typists) {
      if (typist.until > now) {
        if (!typist.shown && isDue(typist, now)) this.#signal(this.#show(typist, true));
      } else if (typist.shown) {
        this.#signal(this.#stop(typist));
      } else if (isDue(typist, now)) {
        this.#typists.delete(key);
      }
    }
    if (this.#typists.size) return;
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  /** Nobody waits for these, and none is worth a second attempt. */
  #signal(shown: Promise<void>): void {
    shown.catch((error: unknown) => this.#logger.debug(`A typing indicator could not be published: ${String(error)}`));
  }
}

function isDue({ shownAt }: Typist, now: number): boolean {
  return now - shownAt >= REPEAT_MS;
}

/** No room's name has a space in it. */
function keyOf(room: RoomName, userId: string): string {
  return `${room} ${userId}`;
}
