import type { TestClient } from '../support/client';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

const ROOM = 'chat:lobby';
const say = (client: TestClient, text: unknown) => client.request('chat', { room: ROOM, text });

async function lobby() {
  const started = await realtime();
  const alice = await started.connect('alice', { name: 'Alice' });
  const bob = await started.connect('bob');
  for (const client of [alice, bob]) await client.join(ROOM);
  return { ...started, alice, bob };
}

describe('chat', () => {
  it('reaches all members, the sender included, and is acknowledged with id, room and offset', async () => {
    const { alice, bob, connect } = await lobby();
    const carol = await connect('carol');
    const ack = await say(alice, '  Good morning!\n');
    const sent = await alice.next('chat');
    expect(sent).toEqual({
      type: 'chat',
      data: {
        id: expect.stringMatching(/^[\w-]{21}$/) as string,
        text: 'Good morning!',
        user: { id: 'alice', name: 'Alice' },
      },
      message_id: expect.any(String) as string,
      timestamp: expect.any(String) as string,
      room: ROOM,
      offset: 1,
    });
    expect(ack.data).toEqual({ id: sent.data.id, room: ROOM, offset: 1 });
    expect(await bob.next('chat')).toEqual(sent);
    await carol.settled();
    expect(carol.unread).toEqual([]);
  });

  it('is silent to its sender without a message_id, but for the message itself', async () => {
    const { alice } = await lobby();
    alice.raw(JSON.stringify({ type: 'chat', data: { room: ROOM, text: 'hi' } }));
    await alice.settled();
    expect(alice.unread.map(({ type }) => type)).toEqual(['chat']);
  });

  const taken = [
    ['one character', 'x'],
    ['4000 characters', 'x'.repeat(4000)],
    ['4000 characters that are surrogate pairs', '𝄞'.repeat(4000)],
    ['white space around 4000', ` \t${'x'.repeat(4000)}\u00a0\ufeff `],
    ['control characters', 'a\u0001\u001b[31m\u007f\u202eb\r\n\tc'],
    ['what would be markup', '<script>"&\'\\</script>'],
    ['what JSON keys are made of', '","user":{"id":"bob"}'],
  ];

  it('takes text as it was sent', async () => {
    const { alice, bob } = await lobby();
    for (const [what, text] of taken) {
      expect([what, (await say(alice, text)).type]).toEqual([what, 'ack']);
      expect((await bob.next('chat')).data.text).toBe(text.trim());
    }
  });

  const refused: [string, unknown][] = [
    ['nothing', ''],
    ['white space only', ' \n\t\u2003\ufeff '],
    ['4001 characters', 'x'.repeat(4001)],
    ['4001 surrogate pairs', '𝄞'.repeat(4001)],
    ['any number of variation selectors', `x${'\ufe0f'.repeat(4000)}`],
    ['U+0000', 'a\0b'],
    ['a lone high surrogate', 'a\ud834b'],
    ['a lone low surrogate', 'a\udd1eb'],
    ['a number', 7],
    ['an object', { x: 1 }],
    ['an array', ['x']],
    ['null', null],
    ['no text', undefined],
  ];

  it('refuses what is no text, too long, or cannot be stored everywhere', async () => {
    const { alice, bob } = await lobby();
    for (const [what, text] of refused) {
      const { code, details } = await alice.refusal('chat', { room: ROOM, text });
      expect([what, code, details?.map(({ field }) => field)]).toEqual([what, 'validation_failed', ['text']]);
    }
    await bob.settled();
    expect(bob.unread).toEqual([]);
  });

  it('takes nothing else from its sender: no user, no id, no offset', async () => {
    const { alice } = await lobby();
    for (const field of ['user', 'id', 'offset', 'sent_at']) {
      const error = await alice.refusal('chat', { room: ROOM, text: 'hi', [field]: 'bob' });
      expect(error).toMatchObject({ code: 'validation_failed', details: [{ field }] });
    }
  });

  it('is for members only', async () => {
    const { alice, connect } = await lobby();
    const carol = await connect('carol');
    expect((await say(carol, 'hi')).data).toMatchObject({ code: 'not_member' });
    await alice.request('leave_room', { room: ROOM });
    expect((await say(alice, 'hi')).data).toMatchObject({ code: 'not_member' });
    expect((await alice.refusal('chat', { text: 'hi' })).code).toBe('validation_failed');
    expect((await alice.refusal('chat', { room: ['chat:lobby'], text: 'hi' })).code).toBe('validation_failed');
    expect((await alice.refusal('chat', { room: '*', text: 'hi' })).code).toBe('validation_failed');
  });

  it('has no offset in a room without history', async () => {
    const { connect } = await realtime({ roomKinds: { chat: { history: { maxPublications: 0 } } } });
    const alice = await connect('alice');
    await alice.join(ROOM);
    const ack = await say(alice, 'hi');
    const sent = await alice.next('chat');
    expect(sent).not.toHaveProperty('offset');
    expect(ack.data).toEqual({ id: sent.data.id, room: ROOM, offset: 0 });
  });
});
