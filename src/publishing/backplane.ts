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
  /** The user whose connection published it: what it takes in the streams counts against this user's share. */
  readonly publisher?: string;
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

/**
 * A stream goes on under another epoch, for what was published last may be lost. Everything up to `position` was
 * delivered here and is still there.
 */
export interface Renewal {
  readonly room: RoomName;
  readonly position: StreamPosition;
  /** The last offset that is left of the epoch before. */
  readonly left: number;
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
  /** 0: only where the stream ends. */
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
 * are dense within an epoch; a stream that was lost, or may have lost what came last, comes back under another epoch.
 * Calls for one room take effect in the order they were made.
 */
export abstract class Backplane {
  /** What arrives for the rooms this node subscribed to. */
  abstract readonly deliveries: Observable<Delivery>;
  /** Which of them were lost sight of, in order with the deliveries. */
  readonly resets: Observable<Reset> = NEVER;
  /** Which of them go on under another epoch, in order with the deliveries. */
  readonly renewals: Observable<Renewal> = NEVER;
  /** The streams are lost with this process: what it could not publish any more, nobody has to publish later. */
  readonly endsWithProcess: boolean = false;
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
  /**
   * Reads what came after `since`, oldest first: all of it, or as much as fits into `maxBytes` of bodies, at least one. The
   * rest is read from the last one's position.
   * @param maxBytes @default Infinity
   * @throws StreamGap when what came after is not all there
   */
  abstract read(room: RoomName, since: StreamPosition, maxBytes?: number): Promise<readonly StoredPublication[]>;
  /**
   * The same place in the stream as it is now, whose epoch may be a later one.
   * @throws StreamGap when what the position stands for is not known to be a part of it
   */
  async locate(_room: RoomName, position: StreamPosition): Promise<StreamPosition> {
    return position;
  }
  abstract page(room: RoomName, request: PageRequest): Promise<StreamPage>;
  /** What the room's stream holds now; nothing where that is not known. @throws RealtimeError `unavailable` */
  async kept(_room: RoomName): Promise<StreamUsage | undefined> {
    return undefined;
  }
  /**
   * To be asked before something a client publishes is stored or published. An adapter that makes room in the streams by
   * itself, taking of what this user published, has nothing to refuse.
   * @throws RealtimeError `rate_limited` while this user's publications take more of the streams than they may
   */
  checkShare(_user: string): void {}
  /** Called once at boot with how much each room's stream may keep. */
  configure(_retention: Retention): void {}
  /** Ends what it holds. Called once, at shutdown. */
  async close(): Promise<void> {}
}

export interface StreamUsage {
  readonly publications: number;
  /** Bookkeeping included. */
  readonly bytes: number;
}

/** The limits of one room's stream; the oldest publications are evicted first, the newest always stays. */
export interface StreamLimits {
  readonly maxPublications: number;
  readonly maxAgeMs: number;
  /** Bookkeeping included. @default Infinity */
  readonly maxBytes?: number;
}

export interface Retention {
  limitsOf(room: RoomName): StreamLimits;
  readonly maxTotalBytes: number;
  /** What one publishing user may hold in all streams together. @default Infinity */
  readonly maxBytesPerUser?: number;
}
