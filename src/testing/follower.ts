import type { ServerFrame, ServerFrameType } from '../protocol/frames';
import type { StreamPosition } from '../protocol/position';
import type { Received } from './received';

/** What a client was shown of a room: checked against the streams themselves when all is over. */
interface Shown {
  readonly epoch: string;
  readonly offset: number;
  readonly frame: Received;
}

/**
 * A client's view of one room, as strict as the protocol: offsets are dense from where the join said, over drops and
 * resumptions; nothing comes before a join or after a leave; nothing volatile comes twice over one connection.
 */
export class Follower {
  position: StreamPosition | undefined;
  joined = false;
  /** What each join asked for, by its `message_id`. */
  readonly asked = new Map<string, StreamPosition | undefined>();
  readonly shown: Shown[] = [];
  readonly faults: string[] = [];
  #volatile = new Set<string>();

  constructor(
    readonly user: string,
    readonly name: string,
    readonly room: string,
  ) {}

  /** The connection is gone: what it was shown counts, what comes next comes over another one. */
  disconnected(): void {
    this.joined = false;
    this.#volatile = new Set();
  }

  receive(frame: Received): void {
    if (frame.room === this.room) this.#publication(frame);
    else if (frame.data.room !== this.room) return;
    else if (is(frame, 'room_joined')) this.#join(frame);
    else if (is(frame, 'room_reset')) this.#reset(frame);
    else if (is(frame, 'room_renewed')) this.#renewed(frame);
    else if (is(frame, 'room_left')) this.#leave();
  }

  #join({ data, reply_to = '' }: Received<'room_joined'>): void {
    const { epoch, offset, recovered, replayed } = data;
    const since = this.asked.get(reply_to);
    if (!recovered && replayed !== 0) this.#fault(`replayed ${replayed} though not recovered`);
    // A position of an earlier epoch may be one of this epoch as well.
    if (recovered && since?.offset !== offset - replayed) {
      this.#fault(`recovered to ${epoch} ${offset} with ${replayed} from ${since?.epoch} ${since?.offset}`);
    }
    this.joined = true;
    this.position = { epoch, offset: offset - replayed };
  }

  #leave(): void {
    if (!this.joined) this.#fault('left twice');
    this.joined = false;
  }

  #reset({ data: { epoch, offset } }: Received<'room_reset'>): void {
    if (!this.joined) this.#fault('reset though not joined');
    this.position = { epoch, offset };
  }

  #renewed({ data: { epoch, offset } }: Received<'room_renewed'>): void {
    if (offset !== this.position?.offset) this.#fault(`renewed at ${offset}, is at ${this.position?.offset}`);
    this.position = { epoch, offset };
  }

  #publication(frame: Received): void {
    if (!this.joined) return this.#fault(`got ${frame.offset ?? 'something volatile'} though not joined`);
    if (frame.offset === undefined) {
      if (this.#volatile.has(frame.message_id)) this.#fault(`got ${JSON.stringify(frame.data)} twice`);
      this.#volatile.add(frame.message_id);
      return;
    }
    const { epoch, offset } = this.position!;
    if (frame.offset !== offset + 1) this.#fault(`got ${frame.offset} after ${offset}`);
    this.position = { epoch, offset: frame.offset };
    this.shown.push({ epoch, offset: frame.offset, frame });
  }

  #fault(what: string): void {
    this.faults.push(`${this.name} in ${this.room}: ${what}`);
  }
}

function is<Type extends ServerFrameType>(frame: ServerFrame, type: Type): frame is Received<Type> {
  return frame.type === type;
}
