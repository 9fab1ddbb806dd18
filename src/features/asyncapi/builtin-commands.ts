import type { ServerFrameType } from '../../protocol/frames';
import type { JsonSchema } from '../../protocol/json-schema';

export interface CommandDescription {
  readonly summary: string;
  readonly replies: readonly ServerFrameType[];
  /** Where no DTO says it. */
  readonly data?: JsonSchema;
}

const nothing: JsonSchema = { type: ['object', 'null'], additionalProperties: false };

/** What the module's own commands do, and what they answer with when they succeed. */
export const BUILTIN_COMMANDS: Readonly<Record<string, CommandDescription>> = {
  ping: { summary: 'Whether the server is there.', replies: ['pong'] },
  echo: { summary: 'The same data back.', replies: ['echo'] },
  status: { summary: 'What the server knows of this connection.', replies: ['status'], data: nothing },
  authenticate: {
    summary: 'Authenticates the connection, or refreshes its token.',
    replies: ['auth_success', 'auth_failed'],
  },
  join_room: { summary: 'Follows a room, from a position in its stream or from now on.', replies: ['room_joined'] },
  leave_room: { summary: 'Leaves a room.', replies: ['room_left'] },
  subscription: {
    summary: 'Joins or leaves a room by what it is about. Exactly one of project_id, board_id and room.',
    replies: ['room_joined', 'room_left'],
  },
  chat: { summary: 'Says something to all members of a room.', replies: ['ack'] },
  chat_edit: { summary: 'Gives a message another text.', replies: ['ack'] },
  chat_delete: { summary: 'Takes a message away.', replies: ['ack'] },
  chat_history: { summary: 'Reads back what was said in a room.', replies: ['chat_history'] },
  typing: { summary: 'Shows the other members of a room that somebody is typing.', replies: ['ack'] },
  broadcast: {
    summary:
      "A client's own event, where the server allows it: into one joined room or, for admins, to every connection.",
    replies: ['ack'],
  },
  presence: { summary: 'Who is in a room.', replies: ['presence'] },
  history: { summary: "Reads back what is in a room's stream.", replies: ['history'] },
  received: { summary: "Acknowledges what waited in the user's own mailbox.", replies: ['ack'] },
};
