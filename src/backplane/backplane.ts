import { NEVER, Observable, of } from 'rxjs';
import type { StreamPosition } from '../protocol/position';
import type { RoomName } from '../protocol/room-name';

/** One thing said in a room, encoded once. */
export interface Publication {
  /** The `message_id` of its frame. A reliable publication with an id the stream already holds is not appended again. */
  readonly id: string;
  /** The frame's UTF-8 text as `beginPublication` made it: without offset and closing brace. */
  readonly body: Uint8Array;
  /** `reliable`: kept in the room's stream. `volatile`: only those who are connected now get it. */
  readonly delivery: 'reliable' | 'volatile';
  /** This user's connections are told that an offset was left out for them, instead of what was said. */
  readonly exceptUser?: string;
  /** Its id was drawn for it: nobody publishes it again, and no stream need find it by that. */
  readonly once?: boolean;
}

/** A publication with its place in the room's stream. */
export interface StoredPublication extends Publication {
  readonly offset: number;
}

/** A publication on its way to the members. `offset` is missing when the room's stream does not hold it. */
export interface Delivery {
  readonly room: RoomName;
  readonly epoch: string;
  readonly offset?: number;
  readonly publication: Publication;
  /** It was missed, and read out of the stream: much may come at once, which is no fault of those who read slowly. */
  readonly replayed?: boolean;
}

/** A stream that cannot be followed from where it was delivered to here: what is delivered next comes after `position`. */
export interface Reset {
  readonly room: RoomName;
  readonly position: StreamPosition;
}

/** `degraded`: some calls are refused as `unavailable`. It heals by itself. */
export type BackplaneState = 'connected' | 'degraded';

export interface StreamPage {
  /** Where the stream ends now. */
  readonly position: StreamPosition;
  /** Oldest first. */
  readonly publications: readonly StoredPublication[];
  /** Whether the stream still holds older ones. */
  readonly hasMore: boolean;
}

export interface PageRequest {
  /** Only offsets below this one; left out: from the end. */
  readonly before?: number;
  readonly limit: number;
  /** Stop before the page's bodies exceed this many bytes; at least one publication is returned. */
  readonly maxBytes: number;
}

/** What came after a position is not, or not all, in the stream any more. */
export class StreamGap extends Error {
  override readonly name = 'StreamGap';
}

/**
 * Carries publications between nodes and keeps each room's recent stream.
 *
 * Guarantees: deliveries of one room come in offset order, on every node the same, the publisher's included; offsets
 * are dense within an epoch; a stream that was lost comes back under another epoch. Calls for one room take effect in
 * the order they were made.
 */
export abstract class Backplane {
  /** What arrives for the rooms this node subscribed to. */
  abstract readonly deliveries: Observable<Delivery>;
  /** Which of them were lost sight of, in order with the deliveries. */
  readonly resets: Observable<Reset> = NEVER;
  /** The state now, and whenever it changes. */
  readonly state: Observable<BackplaneState> = of('connected' as const);
  /** Appends to the room's stream and fans out, atomically per room. @throws RealtimeError `unavailable` */
  abstract publish(room: RoomName, publication: Publication): Promise<StreamPosition>;
  /**
   * From the moment it resolves, with the stream's end, every later publication is delivered, and nothing any more that
   * was under way to an earlier subscription.
   */
  abstract subscribe(room: RoomName): Promise<StreamPosition>;
  abstract unsubscribe(room: RoomName): Promise<void>;
  /** Everything after `since`, oldest first. @throws StreamGap when that is not all there */
  abstract read(room: RoomName, since: StreamPosition): Promise<readonly StoredPublication[]>;
  abstract page(room: RoomName, request: PageRequest): Promise<StreamPage>;
  /** What the room's stream holds now; nothing where that is not known. @throws RealtimeError `unavailable` */
  async kept(_room: RoomName): Promise<Kept | undefined> {
    return undefined;
  }
  /** Called once at boot with how much each room's stream may keep. */
  configure(_retention: Retention): void {}
  /** Ends what it holds. Called once, at shutdown. */
  async close(): Promise<void> {}
}

export interface Kept {
  readonly publications: number;
  /** Bookkeeping included. */
  readonly bytes: number;
}

export interface Retention {
  limitsOf(room: RoomName): { maxPublications: number; maxAgeMs: number };
  readonly maxTotalBytes: number;
}
