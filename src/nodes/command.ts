import type { RoomName } from '../protocol/room-name';
import type { AdminAnswers, AdminCommand } from './admin-command';

/** Which connections are meant: all; of a user; in a room; of a user in a room. */
export interface ConnectionsOf {
  readonly room?: RoomName;
  readonly user?: string;
}

/** Why a connection was taken out of a room by the server: what its client is told. */
export interface Eviction {
  readonly code: string;
  readonly message: string;
}

/**
 * What nodes ask of each other. It travels as JSON, to nodes of other versions, too: a name means one thing for ever,
 * and what is added to a command can be left out. A new one is a member here, its answer below, and a handler.
 */
export type NodeCommand =
  | ({ readonly type: 'count_connections' } & ConnectionsOf)
  /** `jti`: only connections with this token. `until`: the user, or the token, may not authenticate before, ms since 1970. */
  | {
      readonly type: 'disconnect_user';
      readonly user: string;
      readonly message: string;
      readonly jti?: string;
      readonly until?: number;
    }
  | ({ readonly type: 'remove_user'; readonly room: RoomName; readonly user: string } & Eviction)
  /** How many connections a user has under a token with the role `admin`. */
  | { readonly type: 'count_admin_connections'; readonly user: string }
  /** Asks the policy about living memberships again. */
  | ({ readonly type: 'recheck' } & ConnectionsOf)
  /**
   * A channel is not what it was, or one user's place in it: whatever is remembered of it is out of date. Who is in its
   * room has to go, where an `eviction` is given.
   */
  | {
      readonly type: 'channel_changed';
      readonly channel: string;
      readonly user?: string;
      readonly eviction?: Eviction;
      /** Connections under a token with the role `admin` stay. @default false */
      readonly spareAdmins?: boolean;
    }
  /** The application emits this event itself: no client may send it. */
  | { readonly type: 'event_emitted'; readonly event: string }
  | AdminCommand;

/** How many connections it concerned. */
interface Concerned {
  readonly connections: number;
}

/** What each command is answered with. */
export interface NodeAnswers extends AdminAnswers {
  count_connections: Concerned;
  disconnect_user: Concerned;
  remove_user: Concerned;
  count_admin_connections: Concerned;
  recheck: Concerned;
  channel_changed: Concerned;
  event_emitted: Record<string, never>;
}

export type NodeCommandType = NodeCommand['type'];

export type CommandOf<Type extends NodeCommandType> = Extract<NodeCommand, { type: Type }>;
