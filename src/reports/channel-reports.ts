import type { JsonSchema } from '../protocol/json-schema';
import type { RoomName } from '../protocol/room-name';

/** How a channel does. */
export interface ChannelStats {
  readonly id: string;
  readonly room: RoomName;
  readonly members: number;
  /** Users in its room now, on all nodes; up to 1000. */
  readonly online: number;
  /** Said so far, those deleted since included; up to 100000. */
  readonly messages: number;
  readonly last_message_at: string | null;
  /** Of the last 30 days, UTC, the newest first, those without messages left out; of the last 10000 messages. */
  readonly per_day: readonly { readonly date: string; readonly messages: number }[];
}

/** Reports of the rooms that are channels. A feature provides them: channels. */
export abstract class ChannelReports {
  /** @throws RealtimeError `not_found` for a room that is not a channel's, `unavailable` */
  abstract ofRoom(room: RoomName): Promise<ChannelStats>;
}

const string: JsonSchema = { type: 'string' };
const count: JsonSchema = { type: 'integer', minimum: 0 };

export const CHANNEL_STATS: JsonSchema = {
  title: 'ChannelStats',
  type: 'object',
  properties: {
    id: string,
    room: string,
    members: count,
    online: { ...count, description: 'Users in its room now, on all nodes; up to 1000.' },
    messages: { ...count, description: 'Said so far, those deleted since included; up to 100000.' },
    last_message_at: { type: ['string', 'null'], format: 'date-time' },
    per_day: {
      type: 'array',
      items: {
        type: 'object',
        properties: { date: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' }, messages: count },
        required: ['date', 'messages'],
      },
      description: 'Of the last 30 days, UTC, the newest first, as far as the last 10000 messages go back.',
    },
  },
  required: ['id', 'room', 'members', 'online', 'messages', 'last_message_at', 'per_day'],
};
