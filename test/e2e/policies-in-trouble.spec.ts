import { Identity, RoomAction, RoomPolicy } from '../../src';
import { realtime, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(stopAll);

/** Answers about most rooms; about `hang:…` when it is told to. */
class SlowPolicy extends RoomPolicy {
  readonly refused = new Set<string>();
  readonly waiting: (() => void)[] = [];
  underWay = 0;
  most = 0;
  asked = 0;

  override can({ userId }: Identity, _action: RoomAction, room: string): boolean | Promise<boolean> {
    if (room.startsWith('throw:')) throw new TypeError('a bug of the policy');
    if (room.startsWith('reject:')) return Promise.reject(new TypeError('a bug of the policy'));
    if (room.startsWith('hang:')) return new Promise((resolve) => this.waiting.push(() => resolve(true)));
    return this.#later(() => !this.refused.has(userId));
  }

  async #later(answer: () => boolean): Promise<boolean> {
    this.asked++;
    this.most = Math.max(this.most, ++this.underWay);
    await new Promise((resolve) => setImmediate(resolve));
    this.underWay--;
    return answer();
  }
}

describe('a policy that hangs', () => {
  it('is answered unavailable in time, keeps no other room waiting, and its late answer is ignored', async () => {
    const policy = new SlowPolicy();
    const rooms = { policyTimeoutMs: 300, maxPolicyCalls: 8 };
    const { connect, log, connections } = await realtime({ policy, rooms });
    const crowd = await Promise.all(Array.from({ length: 12 }, (_, n) => connect(`mallory${n}`)));
    const refusals = crowd.map((client) => client.refusal('join_room', { room: 'hang:1' }));
    const alice = await connect('alice');
    await until(() => policy.waiting.length === 2, 'the policy is asked');
    for (let n = 0; n < 20; n++) await alice.join(`chat:${n}`);
    expect(policy.waiting).toHaveLength(2);
    for (const refusal of await Promise.all(refusals)) {
      expect(refusal).toMatchObject({ code: 'unavailable', retryable: true });
    }
    for (const answer of policy.waiting) answer();
    await Promise.all(crowd.map((client) => client.settled()));
    expect((await crowd[0].request<'status'>('status')).data.rooms).toEqual([]);
    expect(connections.size).toBe(13);
    expect(log.of('error').filter((line) => line.includes('did not answer within 300 ms')).length).toBeLessThan(3);
  });

  it('about rooms of a query lets the connection in without them', async () => {
    const { connect } = await realtime({ policy: new SlowPolicy(), rooms: { policyTimeoutMs: 100 } });
    const alice = await connect('alice', { query: '?room=hang:1&room=chat:1' });
    expect((await alice.next('error')).data.code).toBe('unavailable');
    expect((await alice.next('room_joined')).data.room).toBe('chat:1');
  });
});

describe('a policy that fails', () => {
  it.each(['throw:1', 'reject:1'])('%s is a processing_error, and nothing more happens', async (room) => {
    const { connect, log } = await realtime({ policy: new SlowPolicy(), rooms: { maxPolicyCalls: 1 } });
    const alice = await connect('alice');
    for (const command of ['join_room', 'history', 'presence']) {
      expect((await alice.refusal(command, { room })).code).toBe('processing_error');
    }
    await alice.join('chat:1');
    expect(log.of('error').join()).toContain('a bug of the policy');
  });
});

describe('a recheck of everybody', () => {
  it('asks about each membership once, few at a time, and takes out those who are refused', async () => {
    const policy = new SlowPolicy();
    const { connect, rooms } = await realtime({ policy });
    const users = Array.from({ length: 10 }, (_, n) => `user${n}`);
    const clients = await Promise.all(users.map((user) => connect(user)));
    for (const client of clients) {
      await Promise.all(Array.from({ length: 20 }, (_, n) => client.join(`chat:${n}`)));
    }
    policy.refused.add('user3');
    [policy.asked, policy.most] = [0, 0];
    expect(await rooms.recheck({})).toEqual({ connections: 20, unanswered: [] });
    expect(policy.asked).toBe(200);
    expect(policy.most).toBeLessThanOrEqual(32);
    expect((await clients[3].request<'status'>('status')).data.rooms).toEqual([]);
    expect((await clients[4].request<'status'>('status')).data.rooms).toHaveLength(20);
  });
});
