import type { Reached } from './answers';
import type { Api } from './api';
import { count } from './format';
import type { Field, Filled, Question } from './question';

const REASON: Field = { name: 'message', label: 'Message', kind: 'text', hint: 'The client is told; it may be empty.' };
const EVENT: Field = { name: 'event', label: 'Event', kind: 'text', value: 'notice.given', required: true };
const DATA: Field = { name: 'data', label: 'Data', kind: 'json', value: '{\n  "text": ""\n}', required: true };

export function kickUser(api: Api, user: string): Question {
  return {
    title: `Kick ${user}`,
    text: `All connections of ${user}, on all nodes, are closed with 4503. Clients do not come back by themselves after that.`,
    verb: 'Kick',
    grave: true,
    fields: [REASON, { name: 'hours', label: 'Bar for hours', kind: 'text', hint: 'Empty: the user may come back.' }],
    act: async ({ message, hours }) =>
      closed(await api.post(`/users/${encodeURIComponent(user)}/disconnect`, { message, bar_ms: barMs(hours) })),
  };
}

export function kickConnection(api: Api, id: string, user = 'a client that has not said who it is'): Question {
  return {
    title: 'Close a connection',
    text: `The connection ${id} of ${user} is closed with 4503. Other connections of the same user stay.`,
    verb: 'Close it',
    grave: true,
    fields: [REASON],
    act: async (filled) => closed(await api.post(`/connections/${encodeURIComponent(id)}/disconnect`, filled)),
  };
}

export function ban(api: Api, channel: string, user: string): Question {
  return {
    title: `Ban ${user}`,
    text: `${user} is taken out of the channel ${channel} on all nodes, and cannot join it again until the ban is lifted or over.`,
    verb: 'Ban',
    grave: true,
    fields: [
      { name: 'reason', label: 'Reason', kind: 'text', hint: 'The user is told; it may be empty.' },
      { name: 'hours', label: 'Hours', kind: 'text', hint: 'Empty: for good.' },
    ],
    act: async ({ reason, hours }) => {
      await api.ban(channel, user, { reason, until: endIn(hours) });
      return `${user} is banned from ${channel}.`;
    },
  };
}

export function broadcast(api: Api): Question {
  return {
    title: 'Broadcast',
    text: 'Every connection, on all nodes, is sent this event. It is not kept for those who are away.',
    verb: 'Send to all',
    fields: [EVENT, DATA],
    act: async (filled) => {
      await api.post('/broadcast', said(filled));
      return 'Sent to every connection.';
    },
  };
}

export function sayInRoom(api: Api, room: string): Question {
  return {
    title: `Message to ${room}`,
    text: 'Everybody in the room is sent this event, as if the application had emitted it.',
    verb: 'Send',
    fields: [EVENT, DATA, { name: 'volatile', label: 'Volatile: only for those who are there now', kind: 'check' }],
    act: async ({ volatile, ...filled }) => {
      const delivery = volatile ? 'volatile' : 'reliable';
      await api.post(`/rooms/${encodeURIComponent(room)}/message`, { ...said(filled), delivery });
      return `Sent to ${room}.`;
    },
  };
}

export function sayToUser(api: Api, user: string): Question {
  return {
    title: `Message to ${user}`,
    text: 'All connections of the user are sent this event.',
    verb: 'Send',
    fields: [EVENT, DATA, { name: 'mailbox', label: 'Mailbox: kept until the user acknowledges it', kind: 'check' }],
    act: async ({ mailbox, ...filled }) => {
      const kept = mailbox ? { mailbox: true } : {};
      await api.post(`/users/${encodeURIComponent(user)}/message`, { ...said(filled), ...kept });
      return `Sent to ${user}.`;
    },
  };
}

export function recheck(api: Api, room: string): Question {
  return {
    title: `Recheck ${room}`,
    text: 'The policy is asked again about everybody in the room. Those it refuses are taken out.',
    verb: 'Recheck',
    act: async () => {
      const reached = await api.post<Reached>(`/rooms/${encodeURIComponent(room)}/recheck`);
      return told(`${count(reached.connections, 'connection')} taken out of ${room}.`, reached);
    },
  };
}

export function drain(api: Api, node: string): Question {
  return {
    title: `Drain ${node}`,
    text: 'Its clients are told to go to other nodes, and it takes none until it is started anew. There is no way back.',
    verb: 'Drain',
    grave: true,
    act: async () => {
      await api.post('/drain', { node });
      return `${node} drains.`;
    },
  };
}

function closed(reached: Reached): string {
  return told(`${count(reached.connections, 'connection')} closed.`, reached);
}

function told(sentence: string, { unanswered }: Reached): string {
  return unanswered.length ? `${sentence} No answer from ${unanswered.join(', ')}.` : sentence;
}

/** @throws Error when the data is not an object */
function said({ event, data = '{}' }: Filled): { event?: string; data: object } {
  const parsed = parse(data);
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { event, data: parsed };
  throw new Error('The data must be a JSON object, such as {"text":"Hello"}.');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws Error when it is no number of hours */
function barMs(hours: string | undefined): number | undefined {
  const end = endIn(hours);
  return end === undefined ? undefined : Math.max(0, Date.parse(end) - Date.now());
}

/** @throws Error when it is no number of hours */
function endIn(hours: string | undefined): string | undefined {
  if (hours === undefined) return undefined;
  const given = Number(hours);
  if (given > 0 && given < 1e6) return new Date(Date.now() + given * 3_600_000).toISOString();
  throw new Error(`Hours must be a number, such as 24, got ${hours}.`);
}
