import type { ConnectionHere, NodeMeasures, RoomHere } from '../../../../nodes/admin-command';

/** What the admin API answers, as far as it is shown. */
interface Told {
  /** Nodes whose part is missing. */
  readonly unanswered: readonly string[];
}

export interface NodeStats extends Omit<NodeMeasures, 'metrics'> {
  readonly name: string;
  readonly messages_received: number;
  readonly messages_sent: number;
  readonly errors: number;
}

export interface Stats extends Told {
  readonly nodes: readonly NodeStats[];
}

export interface Reached extends Told {
  readonly connections: number;
}

export type ConnectionRow = ConnectionHere & { readonly node: string };

export type RoomRow = RoomHere & { readonly nodes: number };

/** A part of a list; `next` is the cursor of the one behind it. */
export type Page<Name extends string, Row> = Partial<Told> & { readonly next?: string } & {
  readonly [Key in Name]: readonly Row[];
};

export interface RoomMember {
  readonly user_id: string;
  readonly name?: string;
  readonly connections: number;
  readonly joined_at: string;
}

export interface RoomReport extends Told {
  readonly connections: number;
  readonly members: readonly RoomMember[];
  readonly has_more?: boolean;
  readonly epoch: string;
  readonly offset: number;
  readonly kept?: { readonly publications: number; readonly bytes: number };
}

export interface Publication {
  readonly type: string;
  readonly data: unknown;
  readonly message_id: string;
  readonly offset: number;
  readonly timestamp: string;
  readonly bytes: number;
}

export interface Publications {
  readonly epoch: string;
  readonly offset: number;
  /** Whether such a room keeps what is said. */
  readonly history: boolean;
  readonly publications: readonly Publication[];
  readonly has_more: boolean;
}

export interface AuditRow {
  readonly at: string;
  readonly type: string;
  readonly user?: string;
  readonly room?: string;
  readonly target?: string;
  readonly code?: string;
  readonly address?: string;
}
