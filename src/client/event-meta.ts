import type { ServerFrame } from '../protocol/frames';
import type { EventMeta } from './client-events';

export function toMeta(
  { type, message_id, timestamp, room, user, offset, trace }: ServerFrame,
  replayed = false,
): EventMeta {
  return { type, messageId: message_id, timestamp, room, user, offset, trace, replayed };
}
