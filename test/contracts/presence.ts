import type { MembersRequest, Presence, PresenceChange, PresenceStore } from '../../src/features/presence';
import type { RoomName } from '../../src';
import { until } from '../support/until';

/** Gives an empty store. */
export type MakePresence = () => PresenceStore;

/** One node's store, what it was given to tell, and what its connections do. */
export class PresenceNode {
  readonly told: PresenceChange[] = [];
  #connections = 0;

  constructor(
    readonly store: PresenceStore,
    private readonly name = 'n',
    graceMs = 60_000,
  ) {
    store.configure({ graceMs, drainedMs: 2 * graceMs });
    store.changes.subscribe((change) => this.told.push(change));
  }

  /** A connection of the user's is in the room; returns it. */
  join(room: RoomName, userId: string, presence: Partial<Presence> = {}): Presence {
    const connectionId = `${this.name}${++this.#connections}`;
    const joined = { connectionId, userId, name: userId.toUpperCase(), joinedAt: Date.now(), ...presence };
    this.store.join(room, joined);
    return joined;
  }

  async members(room: RoomName, request: Partial<MembersRequest> = {}) {
    return this.store.members(room, { limit: 1000, maxBytes: Infinity, ...request });
  }

  /** Who is there, with how many connections. */
  async who(room: RoomName): Promise<string[]> {
    const { members } = await this.members(room);
    return members.map(({ user_id, connections }) => `${user_id} ${connections}`);
  }

  /** What it told, in short. */
  get changes(): string[] {
    return this.told.map(({ type, room, userId, connections }) => `${userId} ${type} ${room} ${connections}`);
  }
}

/** What every presence store keeps to. */
export function describePresence(name: string, make: MakePresence): void {
  describe(`${name} knows who is in a room`, () => {
    const stores: PresenceStore[] = [];

    const node = (graceMs?: number): PresenceNode => {
      const store = make();
      stores.push(store);
      return new PresenceNode(store, 'n', graceMs);
    };

    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close();
    });

    it('users once, with their connections, in the order they came', async () => {
      const one = node();
      const at = Date.parse('2027-02-01T09:00:00.000Z');
      one.join('a', 'bob', { joinedAt: at });
      one.join('a', 'alice', { joinedAt: at + 1 });
      const phone = one.join('a', 'bob', { joinedAt: at + 2, meta: '{"device":"phone","n":[1,{}],"e":[]}' });
      one.join('b', 'carol');
      const bob = { user_id: 'bob', name: 'BOB', connections: 2, joined_at: '2027-02-01T09:00:00.000Z' };
      expect(await one.members('a')).toEqual({
        members: [
          { ...bob, meta: { device: 'phone', n: [1, {}], e: [] } },
          { user_id: 'alice', name: 'ALICE', connections: 1, joined_at: '2027-02-01T09:00:00.001Z' },
        ],
        hasMore: false,
      });
      one.store.leave('a', phone, 'left');
      expect((await one.members('a')).members[0]).toEqual({ ...bob, connections: 1 });
      expect(await one.members('nowhere')).toEqual({ members: [], hasMore: false });
    });

    it('and tells the first connection of a user and the last', async () => {
      const one = node();
      const first = one.join('a', 'alice');
      const second = one.join('a', 'alice');
      one.join('a', 'bob');
      await until(() => one.told.length === 2, 'both have come');
      one.store.leave('a', first, 'left');
      await one.members('a');
      expect(one.told.map(({ connections: _, ...change }) => change)).toEqual([
        { type: 'joined', room: 'a', userId: 'alice', name: 'ALICE' },
        { type: 'joined', room: 'a', userId: 'bob', name: 'BOB' },
      ]);
      one.store.leave('a', second, 'left');
      await until(() => one.told.length === 3, 'one is gone');
      expect(one.told[2]).toEqual({ type: 'left', room: 'a', userId: 'alice', name: 'ALICE', connections: 1 });
      expect(await one.who('a')).toEqual(['bob 1']);
    });

    it('and goes on showing a user whose last connection is lost, for the grace, or for longer where the node drains', async () => {
      const one = node(400);
      const [alice, bob] = [one.join('a', 'alice'), one.join('a', 'bob')];
      one.join('a', 'carol');
      await one.members('a');
      const lost = Date.now();
      one.store.leave('a', alice, 'lost');
      one.store.leave('a', bob, 'drained');
      expect(await one.who('a')).toEqual(['alice 0', 'bob 0', 'carol 1']);
      await until(() => one.told.length > 3, 'she is gone');
      expect(Date.now() - lost).toBeGreaterThanOrEqual(395);
      await until(() => one.told.length > 4, 'he is gone');
      expect(Date.now() - lost).toBeGreaterThanOrEqual(795);
      expect(one.changes.slice(3)).toEqual(['alice left a 1', 'bob left a 1']);
      expect(await one.who('a')).toEqual(['carol 1']);
    });

    it('and hides that a user was away who is back within the grace', async () => {
      const one = node(300);
      const { joinedAt, ...alice } = one.join('a', 'alice', { joinedAt: 1_000_000 });
      await one.members('a');
      one.store.leave('a', { joinedAt, ...alice } as Presence, 'lost');
      expect(await one.who('a')).toEqual(['alice 0']);
      one.join('a', 'alice', { joinedAt: 2_000_000 });
      const bob = one.join('a', 'bob');
      await one.members('a');
      one.store.leave('a', bob, 'lost');
      await until(() => one.told.some(({ type }) => type === 'left'), 'the other is gone');
      expect(one.changes).toEqual(['alice joined a 1', expect.stringMatching(/^bob joined/), 'bob left a 1']);
      const { members } = await one.members('a');
      expect(members).toMatchObject([
        { user_id: 'alice', connections: 1, joined_at: new Date(1_000_000).toISOString() },
      ]);
    });

    it('and ends the grace when what is left of a user leaves', async () => {
      const one = node();
      const [lost, left] = [one.join('a', 'alice'), one.join('a', 'alice')];
      await one.members('a');
      one.store.leave('a', lost, 'lost');
      one.store.leave('a', left, 'left');
      await until(() => one.told.length === 2, 'she is gone');
      expect(one.changes[1]).toBe('alice left a 0');
      expect(await one.who('a')).toEqual([]);
    });

    it('without any grace where there is none', async () => {
      const one = node(0);
      const alice = one.join('a', 'alice');
      await one.members('a');
      one.store.leave('a', alice, 'lost');
      await until(() => one.told.length === 2, 'she is gone');
      expect(await one.who('a')).toEqual([]);
    });

    it('and takes what a connection tells anew, and no connection twice', async () => {
      const one = node();
      const alice = one.join('a', 'alice', { meta: '{"at":"desk"}' });
      one.store.join('a', { ...alice, meta: '{"at":"home"}', joinedAt: alice.joinedAt + 5000 });
      const { members } = await one.members('a');
      expect(members).toMatchObject([
        { connections: 1, meta: { at: 'home' }, joined_at: new Date(alice.joinedAt).toISOString() },
      ]);
      one.store.leave('a', { connectionId: 'another', userId: 'alice' }, 'left');
      one.store.leave('a', { connectionId: 'another', userId: 'nobody' }, 'left');
      one.store.leave('nowhere', alice, 'left');
      expect(await one.who('a')).toEqual(['alice 1']);
      expect(one.told).toHaveLength(1);
    });

    it('up to a limit of users or bytes, and says that there are more', async () => {
      const one = node();
      const meta = JSON.stringify({ text: 'x'.repeat(1000) });
      for (const user of ['a', 'b', 'c', 'd']) one.join('r', user, { meta });
      const users = async (request: Partial<MembersRequest>) => {
        const { members, hasMore } = await one.members('r', request);
        return [members.map(({ user_id }) => user_id).join(''), hasMore];
      };
      expect(await users({ limit: 4 })).toEqual(['abcd', false]);
      expect(await users({ limit: 3 })).toEqual(['abc', true]);
      expect(await users({ maxBytes: 2500 })).toEqual(['ab', true]);
      expect(await users({ maxBytes: 10 })).toEqual(['a', true]);
    });

    it('whatever they are called', async () => {
      const one = node();
      const users = ['n', 'since', '__proto__', 'constructor', 'ä 𝄞"\\\r\n{}', ' ', '0'];
      for (const userId of users) one.join('a', userId, { name: undefined, meta: '{"__proto__":{"a":1e300}}' });
      const { members } = await one.members('a');
      expect(members.map(({ user_id }) => user_id)).toEqual(users);
      for (const member of members) {
        expect(Object.keys(member)).not.toContain('error');
        expect(member.name).toBeUndefined();
        expect(JSON.stringify(member.meta)).toBe('{"__proto__":{"a":1e+300}}');
      }
    });

    it('with the last word, however quickly they come and go', async () => {
      const one = node();
      for (let i = 0; i < 50; i++) {
        const alice = one.join('a', 'alice');
        one.store.leave('a', alice, i % 2 ? 'left' : 'lost');
      }
      one.join('a', 'alice');
      const bob = one.join('a', 'bob');
      one.store.leave('a', bob, 'left');
      expect(await one.who('a')).toEqual(['alice 1']);
      const told = one.told.filter(({ userId }) => userId === 'alice').map(({ type }) => type);
      expect(told.every((type, i) => type === (i % 2 ? 'left' : 'joined')) && told.length % 2).toBe(1);
    });
  });
}

/** What the stores of several nodes keep to. `make` gives stores that share what they know. */
export function describeSharedPresence(name: string, make: (count: number) => PresenceStore[]): void {
  describe(`nodes that share ${name}`, () => {
    const stores: PresenceStore[] = [];

    const nodes = (count: number, graceMs?: number): PresenceNode[] => {
      const made = make(count);
      stores.push(...made);
      return made.map((store, i) => new PresenceNode(store, 'xyz'[i], graceMs));
    };

    afterEach(async () => {
      await Promise.all(stores.splice(0).map((store) => store.close()));
    });

    /** What all of them told about a user, in no order. */
    const toldOf = (userId: string, ...all: PresenceNode[]) =>
      all
        .flatMap(({ told }) => told)
        .filter((change) => change.userId === userId)
        .map(({ type }) => type)
        .sort();

    it('show the same, and tell the first connection of all and the last', async () => {
      const [x, y] = nodes(2);
      const there = x.join('a', 'alice', { joinedAt: 1000, meta: '{"n":1}' });
      await x.members('a');
      const here = y.join('a', 'alice', { joinedAt: 2000, meta: '{"n":2}' });
      await y.members('a');
      const alice = { user_id: 'alice', name: 'ALICE', joined_at: '1970-01-01T00:00:01.000Z' };
      for (const node of [x, y]) {
        const { members } = await node.members('a');
        expect(members).toEqual([{ ...alice, connections: 2, meta: { n: 2 } }]);
      }
      x.store.leave('a', there, 'left');
      await x.members('a');
      expect((await y.members('a')).members).toEqual([{ ...alice, connections: 1, meta: { n: 2 } }]);
      y.store.leave('a', here, 'left');
      await y.members('a');
      expect([x.changes, y.changes]).toEqual([['alice joined a 1'], ['alice left a 0']]);
      expect(await x.who('a')).toEqual([]);
    });

    it('tell one of many who come at once that it is the first, and one that it was the last', async () => {
      const [x, y, z] = nodes(3);
      const all = [x, y, z, x, y, z].map((node) => [node, node.join('a', 'alice')] as const);
      for (const node of [x, y, z]) await node.members('a');
      expect(await x.who('a')).toEqual(['alice 6']);
      expect(toldOf('alice', x, y, z)).toEqual(['joined']);
      for (const [node, alice] of all) node.store.leave('a', alice, 'left');
      for (const node of [x, y, z]) await node.members('a');
      expect(await x.who('a')).toEqual([]);
      expect(toldOf('alice', x, y, z)).toEqual(['joined', 'left']);
    });

    it('hide that a user was away who is back at another one', async () => {
      const [x, y] = nodes(2, 800);
      const alice = x.join('a', 'alice');
      await x.members('a');
      x.store.leave('a', alice, 'lost');
      expect(await x.who('a')).toEqual(['alice 0']);
      y.join('a', 'alice');
      expect(await y.who('a')).toEqual(['alice 1']);
      const bob = x.join('a', 'bob');
      await x.members('a');
      x.store.leave('a', bob, 'lost');
      await until(() => toldOf('bob', x, y).length === 2, 'another one is gone');
      expect(toldOf('alice', x, y)).toEqual(['joined']);
      expect(await x.who('a')).toEqual(['alice 1']);
    });

    it('take over the farewells of one that ends', async () => {
      const [x, y] = nodes(2, 1500);
      const rooms = Array.from({ length: 250 }, (_, i) => `room:${i}`);
      const alice = rooms.map((room) => x.join(room, 'alice'));
      for (const room of rooms) await x.members(room);
      const lost = Date.now();
      alice.forEach((each, i) => x.store.leave(rooms[i], each, 'lost'));
      await x.store.close();
      await until(() => toldOf('alice', y).length === rooms.length, 'all farewells');
      expect(Date.now() - lost).toBeGreaterThanOrEqual(1490);
      expect(toldOf('alice', x)).toHaveLength(rooms.length);
      expect(new Set(y.told.map(({ room }) => room)).size).toBe(rooms.length);
      expect(await y.who(rooms[0])).toEqual([]);
    });
  });
}
