import { LaggingBackplane } from '../support/lagging-backplane';
import { realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(stopAll);

const ROOM = 'chat:lobby';
const SOON = { chat: { relayAfterMs: 20 } };

async function lobby(options: RealtimeTestOptions = {}) {
  const backplane = new LaggingBackplane();
  const server = await realtime({ backplane, ...options });
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')];
  for (const client of [alice, bob]) await client.join(ROOM);
  const say = (text: string, id?: string) => alice.request('chat', { room: ROOM, text }, id);
  const heard = async () => {
    await bob.settled();
    return bob.frames.filter(({ type }) => type === 'chat').map(({ data, offset }) => [offset, data.text]);
  };
  return { backplane, alice, bob, say, heard };
}

describe('a message that was stored when its room could not be reached', () => {
  it('is refused as unavailable, and said once when it is sent again', async () => {
    const { backplane, alice, say, heard } = await lobby();
    backplane.failNext('publish');
    expect((await say('once', 'c-1')).data).toEqual({
      code: 'unavailable',
      message: 'This is stored, and published later. Send it again with the same message_id to be told its place.',
      retryable: true,
    });
    expect(await heard()).toEqual([]);
    const again = await say('once', 'c-1');
    const { messages } = (await alice.request<'chat_history'>('chat_history', { room: ROOM })).data;
    expect(messages.map(({ id }) => id)).toEqual([again.data.id]);
    expect(again.data).toEqual({ id: messages[0].id, room: ROOM, offset: 1 });
    expect(await heard()).toEqual([[1, 'once']]);
  });

  it('is published all the same when it is not', async () => {
    const { backplane, bob, say, heard } = await lobby(SOON);
    backplane.failNext('publish');
    expect((await say('once')).type).toBe('error');
    await bob.next('chat');
    expect(await heard()).toEqual([[1, 'once']]);
  });

  it('is published once by its sender and by the relay that overtakes it', async () => {
    const { backplane, alice, say, heard } = await lobby(SOON);
    backplane.hold('answers');
    const said = say('once');
    await until(() => backplane.waiting('answers') === 2, 'the relay');
    backplane.release();
    expect((await said).data.offset).toBe(1);
    await alice.settled();
    expect(await heard()).toEqual([[1, 'once']]);
  });
});

describe('a server without a database', () => {
  it('publishes messages into the stream, and has no commands for stored ones', async () => {
    const { alice, say, heard } = await lobby({ storage: false });
    const { id } = (await say('hi', 'c-1')).data;
    expect((await say('hi', 'c-1')).data).toEqual({ id, room: ROOM, offset: 1 });
    expect(await heard()).toEqual([[1, 'hi']]);
    for (const type of ['chat_edit', 'chat_delete', 'chat_history']) {
      const data = {
        room: ROOM,
        ...(type === 'chat_history' ? {} : { id }),
        ...(type === 'chat_edit' ? { text: 'ho' } : {}),
      };
      expect(await alice.refusal(type, data)).toMatchObject({ code: 'unknown_type' });
    }
  });
});
