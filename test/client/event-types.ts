// Compiled, never run: what must not compile is marked so. package.spec.ts compiles it once more against the built package.
/* eslint-disable @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unused-expressions -- what does not compile has no type */
import { createRealtimeClient, snapshot } from '../../src/client';

interface RealtimeEvents {
  'task.created': { id: string; title: string };
  'task.deleted': { id: string };
}

const client = createRealtimeClient<RealtimeEvents>({ url: 'wss://example.com/ws', token: async () => 'token' });
const room = client.room('project:42');

export async function use(): Promise<void> {
  room.on('task.created', ({ id, title }, { offset, replayed }) => [id, title, offset?.toFixed(), replayed === true]);
  // @ts-expect-error no such event
  room.on('task.craeted', () => undefined);
  // @ts-expect-error a deleted task has no title
  room.on('task.deleted', ({ title }) => title);
  room.on('chat', ({ text, user }) => [text.length, user.id]);
  // @ts-expect-error what is said in chat is a text
  room.on('chat', ({ text }) => text.id);
  room.on('recovered', ({ replayed }) => replayed.toFixed());
  room.on('reset', ({ position }) => [position.epoch, position.offset]);
  room.on('*', (data, { type }) => [data, type]);

  await room.publish('task.deleted', { id: 't1' });
  // @ts-expect-error a created task has a title
  await room.publish('task.created', { id: 't1' });
  // @ts-expect-error no such event
  await room.publish('task.lost', { id: 't1' });

  for await (const task of room.events('task.created')) {
    task.title.trim();
    // @ts-expect-error a task has no colour
    task.colour;
  }

  await room.follow(
    () => snapshot<string[]>(fetch('/api/projects/42/tasks')),
    (tasks) => tasks.map((task) => task.trim()),
  );
  const load = async () => ({ data: ['t1'] });
  // @ts-expect-error a loader says where its state stands
  await room.follow(load, () => undefined);

  client.on('reconnecting', ({ retryInMs }) => retryInMs?.toFixed());
  // @ts-expect-error no such state
  client.on('reconected', () => undefined);
  client.mailbox.on('task.deleted', async ({ id }) => id);
  client.onEveryone('task.deleted', ({ id }) => id);
  room.presence.on('joined', ({ user_id }) => user_id);
  // @ts-expect-error who is there is not for the client to say
  room.presence.members.clear();

  const untyped = createRealtimeClient({ url: 'wss://example.com/ws' });
  untyped.room('a').on('whatever.happened', (data: unknown) => data);
  // @ts-expect-error a client needs to know where to connect
  createRealtimeClient({});
}
