/** As ids of messages look. */
const CHAT_ID = 'id-of-a-chat-message-';

/** The data of each command of the protocol, to begin with, in a room. */
export const FRAME_TEMPLATES: Readonly<Record<string, (room: string) => object | undefined>> = {
  ping: () => ({ n: 1 }),
  echo: () => ({ hello: 'world' }),
  status: () => undefined,
  authenticate: () => ({ token: '<a token>' }),
  join_room: (room) => ({ room, presence: true }),
  leave_room: (room) => ({ room }),
  subscription: (room) => ({ action: 'subscribe', room }),
  chat: (room) => ({ room, text: 'Hello' }),
  chat_edit: (room) => ({ room, id: CHAT_ID, text: 'Hello, again' }),
  chat_delete: (room) => ({ room, id: CHAT_ID }),
  chat_history: (room) => ({ room, limit: 20 }),
  typing: (room) => ({ room, typing: true }),
  broadcast: (room) => ({ room, event: 'notice.given', data: { text: 'Hello' } }),
  presence: (room) => ({ room }),
  history: (room) => ({ room, limit: 20 }),
  received: (room) => ({ room, offset: 1 }),
};

/** A whole frame, as people write it. */
export function frameText(type: string, room: string, messageId: string): string {
  const data = FRAME_TEMPLATES[type]?.(room);
  return JSON.stringify({ type, ...(data && { data }), message_id: messageId }, null, 2);
}
