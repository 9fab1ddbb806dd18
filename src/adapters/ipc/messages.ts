import type { StreamPosition } from '../../protocol/position';
import type { RoomName } from '../../protocol/room-name';
import type {
  Delivery,
  PageRequest,
  Publication,
  Retention,
  StoredPublication,
  StreamPage,
} from '../../publishing/backplane';
import type { Failure } from './failure';
import type { Limits } from './room-limits';

/** What a worker asks of the primary. `limits` are the room's, as the worker's options say. */
export type Call =
  | (RoomCall & { readonly op: 'publish'; readonly publication: Publication })
  | (RoomCall & { readonly op: 'subscribe' })
  | (RoomCall & { readonly op: 'unsubscribe' })
  | (RoomCall & { readonly op: 'read'; readonly since: StreamPosition; readonly maxBytes?: number })
  | (RoomCall & { readonly op: 'page'; readonly request: PageRequest })
  | { readonly op: 'configure'; readonly id: number; readonly bounds: Bounds }
  | { readonly op: 'leave'; readonly id: number };

/** What all rooms together, and what one publishing user, may hold. */
export type Bounds = Omit<Retention, 'limitsOf'>;

interface RoomCall {
  readonly id: number;
  readonly room: RoomName;
  readonly limits: Limits;
}

/** What each call is answered with. */
export interface Answers {
  publish: StreamPosition;
  subscribe: StreamPosition;
  unsubscribe: void;
  read: readonly StoredPublication[];
  page: StreamPage;
  configure: void;
  leave: void;
}

export type Answer = Answers[keyof Answers];

/** What the primary tells a worker. */
export type News =
  | { readonly about: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly about: 'failure'; readonly id: number; readonly failure: Failure }
  | { readonly about: 'delivery'; readonly delivery: Delivery };

/**
 * One IPC message: whatever one side has to say to the other in one turn. `node` is the worker's backplane, as one
 * process may hold several. A host sends messages of its own over the same channel: these bear a name no other has.
 */
export type ClusterMessage =
  | { readonly kind: 'realtime.calls'; readonly node: string; readonly calls: readonly Call[] }
  | { readonly kind: 'realtime.news'; readonly node: string; readonly news: readonly News[] };

/** The message in what arrived on the channel, if it is one of this kind. */
export function messageOf<Kind extends ClusterMessage['kind']>(
  kind: Kind,
  arrived: unknown,
): Extract<ClusterMessage, { kind: Kind }> | undefined {
  const isOurs = typeof arrived === 'object' && arrived !== null && 'kind' in arrived && arrived.kind === kind;
  return isOurs ? (arrived as Extract<ClusterMessage, { kind: Kind }>) : undefined;
}
