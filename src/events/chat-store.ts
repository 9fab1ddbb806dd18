import type { Identity } from '../auth/identity';
import type { InboundFrame } from '../connections/inbound-frame';
import type { RoomName } from '../protocol/room-name';

/** Where a chat message is. */
export interface ChatReceipt {
  readonly id: string;
  readonly room: RoomName;
  /** 0 where the room has no history, or when the offset of a message that was sent before is not known any more. */
  readonly offset: number;
}

/** Identifies a repeated command: the database knows it by `messageId`, the stream by `executionId`. */
export type Repeatable = Pick<InboundFrame, 'messageId' | 'executionId'>;

/**
 * Stores chat messages and then publishes them. A feature provides it: chat. Without it messages are published into the
 * room's stream only.
 *
 * Guarantee: sent again with the same `messageId`, a message is stored and published once.
 */
export abstract class ChatStore {
  /** @throws RealtimeError `unavailable`, `rate_limited` */
  abstract say(identity: Identity, room: RoomName, text: string, frame: Repeatable): Promise<ChatReceipt>;
}
