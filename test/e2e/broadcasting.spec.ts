import { RESERVED_TYPES } from '../../src/protocol/frames';
import { realtime, RealtimeTestOptions, stopAll } from '../support/realtime';

afterEach(stopAll);

const clientEvents = ['card.moved', 'lunch.served'];
const open = (options: RealtimeTestOptions = {}) => realtime({ clientEvents, ...options });

describe('broadcast into a room', () => {
  it('reaches all members, and is acknowledged with its offset', async () => {
    const { connect } = await open();
    const [alice, bob, carol] = [await connect('alice'), await connect('bob'), await connect('carol')];
    for (const client of [alice, bob]) await client.join('board:7');
    const data = { card: 3, to: ['done', null], deep: { toString: 1, constructor: { a: 'ä𝄞' } }, '': 0 };
    const ack = await alice.request('broadcast', { room: 'board:7', event: 'card.moved', data });
    expect([ack.type, ack.data]).toEqual(['ack', { offset: 1 }]);
    const sent = await bob.next('card.moved');
    expect(sent).toMatchObject({ room: 'board:7', user: { id: 'alice', name: 'alice' }, offset: 1 });
    expect(sent.data).toEqual(data);
    expect(await alice.next('card.moved')).toEqual(sent);
    await carol.settled();
    expect(carol.unread).toEqual([]);
  });

  it('is for members only', async () => {
    const { connect } = await open();
    const alice = await connect('alice');
    const error = await alice.refusal('broadcast', { room: 'board:7', event: 'card.moved', data: {} });
    expect(error.code).toBe('not_member');
  });

  it('is acknowledged without an offset where the room keeps none', async () => {
    const { connect } = await open({ history: { maxPublications: 0 } });
    const alice = await connect('alice');
    await alice.join('board:7');
    const ack = await alice.request('broadcast', { room: 'board:7', event: 'card.moved', data: {} });
    expect([ack.type, ack.data]).toEqual(['ack', {}]);
    expect(await alice.next('card.moved')).not.toHaveProperty('offset');
  });

  const refused: [string, object][] = [
    ['no event', { data: {} }],
    ['an event that is no noun.verb', { event: 'moved', data: {} }],
    ['an event in capitals', { event: 'Card.Moved', data: {} }],
    ['an event that ends early', { event: 'card.', data: {} }],
    ['an event that breaks out of its quotes', { event: 'card.moved","type":"chat', data: {} }],
    ['a long event', { event: `card.${'x'.repeat(60)}`, data: {} }],
    ['an event that is no string', { event: ['card.moved'], data: {} }],
    ['no data', { event: 'card.moved' }],
    ['data that is null', { event: 'card.moved', data: null }],
    ['data that is an array', { event: 'card.moved', data: [1] }],
    ['data that is a string', { event: 'card.moved', data: 'x' }],
    ['an offset of its own', { event: 'card.moved', data: {}, offset: 7 }],
    ['a room that is none', { event: 'card.moved', data: {}, room: '*' }],
  ];

  it('is refused when anything is wrong with it, and reaches nobody', async () => {
    const { connect } = await open();
    const alice = await connect('alice', { roles: ['admin'] });
    await alice.join('board:7');
    for (const [what, data] of refused) {
      const { code } = await alice.refusal('broadcast', { room: 'board:7', ...data });
      expect([what, code]).toEqual([what, 'validation_failed']);
    }
    await alice.settled();
    expect(alice.unread).toEqual([]);
  });
});

describe('broadcast to everyone', () => {
  it('is for admins, reaches every connection, and has no offset', async () => {
    const { connect } = await open();
    const [admin, bob] = [await connect('root', { roles: ['admin'] }), await connect('bob')];
    const ack = await admin.request('broadcast', { event: 'lunch.served', data: { table: 4 } });
    expect([ack.type, ack.data]).toEqual(['ack', {}]);
    for (const client of [admin, bob]) {
      const frame = await client.next('lunch.served');
      expect(Object.keys(frame)).toEqual(['type', 'data', 'message_id', 'timestamp', 'user']);
      expect([frame.data, frame.user]).toEqual([{ table: 4 }, { id: 'root', name: 'root' }]);
    }
  });

  it('is forbidden to everybody else, also with an empty room', async () => {
    const { connect } = await open();
    const [bob, carol] = [await connect('bob', { roles: ['Admin', 'administrator'] }), await connect('carol')];
    for (const room of [undefined, null]) {
      const error = await bob.refusal('broadcast', { room, event: 'lunch.served', data: {} });
      expect(error.code).toBe('forbidden');
    }
    expect((await bob.refusal('broadcast', { room: '', event: 'lunch.served', data: {} })).code).toBe(
      'validation_failed',
    );
    await carol.settled();
    expect(carol.unread).toEqual([]);
  });
});

describe('a broadcast that would pass for a frame of the protocol', () => {
  it.each(['dot', 'snake'] as const)('is refused, with names in %s case', async (naming) => {
    const { connect } = await open({ events: { naming } });
    const alice = await connect('alice', { roles: ['admin'] });
    await alice.join('a');
    for (const type of RESERVED_TYPES) {
      const names = naming === 'snake' ? [type, type.replace('_', '.'), type.replaceAll('_', '.')] : [type];
      for (const event of names) {
        for (const room of ['a', undefined]) {
          expect([event, (await alice.refusal('broadcast', { room, event, data: {} })).code]).toEqual([
            event,
            'validation_failed',
          ]);
        }
      }
    }
    await alice.settled();
    expect(alice.unread).toEqual([]);
  });

  it('reaches clients under the name in snake case otherwise', async () => {
    const { connect } = await open({ events: { naming: 'snake' } });
    const alice = await connect('alice');
    await alice.join('a');
    await alice.request('broadcast', { room: 'a', event: 'card.moved', data: {} });
    expect((await alice.next('card_moved')).room).toBe('a');
  });
});
