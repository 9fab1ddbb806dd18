import type { StreamPosition } from '../protocol/position';
import type { RoomName } from '../protocol/room-name';
import type { EventData, EventName } from './realtime-events';

/** Where an event goes: one of these. */
export type Target =
  | { readonly room: RoomName }
  | { readonly rooms: readonly RoomName[] }
  | {
      readonly user: string;
      /**
       * Keep it until the user acknowledges it: it is sent again at each connect until then. An `emit` without it may
       * overtake one with it that is not awaited: that one is stored first. @default false
       */
      readonly mailbox?: boolean;
    }
  | { readonly all: true };

export interface Delivering {
  /**
   * `reliable`: kept in the room's history, recovered after a drop. `volatile`: only those connected now get it, and
   * not those who read too slowly. @default 'reliable'
   */
  readonly delivery?: 'reliable' | 'volatile';
  /** This user's own connections do not get it, for instance because they made the change. */
  readonly exceptUser?: string;
  /**
   * The `message_id`: emitting the same id into the same room again changes nothing. Give one to what may have to be
   * emitted again: one that was drawn here is not looked for. @default a new one
   */
  readonly id?: string;
}

export type EmitOptions = Target & Delivering;

/** The end of the stream once the event is in it: one position, or one for each of `rooms`. */
export type EmitResult<Options> = Options extends { readonly rooms: readonly RoomName[] }
  ? StreamPosition[]
  : StreamPosition;

/** An event that passed, as other modules see it. */
export interface DomainEvent<Name extends EventName = EventName> {
  readonly type: Name;
  readonly data: EventData<Name>;
  readonly id: string;
  readonly rooms: readonly RoomName[];
  readonly positions: readonly StreamPosition[];
}
