import { Authenticator, Identity } from '../../src';
import { knock } from '../support/raw-socket';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';
import { until } from '../support/until';

afterEach(stopAll);

const limited = (connections: RealtimeTestOptions['connections'], more: RealtimeTestOptions = {}) =>
  realtime({ connections, ...more });
const as = (user: string) => ({ headers: { authorization: `Bearer ${tokenFor(user)}` } });

async function statuses(server: Realtime, users: readonly string[]): Promise<number[]> {
  const found: number[] = [];
  for (const user of users) found.push((await knock(server.port, as(user))).status);
  return found;
}

describe('handshakes', () => {
  it('of a user are so many, whether the connections before are still there or not', async () => {
    const server = await limited({ handshakesPerUser: { perSecond: 0.1, burst: 3 } });
    expect(await statuses(server, ['alice', 'alice', 'alice', 'bob'])).toEqual([101, 101, 101, 101]);
    expect(await knock(server.port, as('alice'))).toMatchObject({
      status: 429,
      headers: { 'retry-after': '10' },
      body: { code: 'rate_limited', message: 'Too many handshakes of this user. Connect less often.' },
    });
  });

  it('of a user count by a frame too, which may be sent again in time', async () => {
    const server = await limited({ handshakesPerUser: { perSecond: 2, burst: 1 } });
    await server.connect('alice');
    const late = await server.open();
    await late.next('auth_required');
    const refusal = await late.refusal('authenticate', { token: tokenFor('alice') });
    expect(refusal).toMatchObject({ code: 'rate_limited', retryable: true });
    await new Promise((resolve) => setTimeout(resolve, refusal.retry_after_ms));
    expect((await late.request('authenticate', { token: tokenFor('alice') })).type).toBe('auth_success');
    // A new token is no new connection.
    for (let i = 0; i < 3; i++) {
      expect((await late.request('authenticate', { token: tokenFor('alice') })).type).toBe('auth_success');
    }
  });

  it('of an address are so many, and over that no token is looked at', async () => {
    let asked = 0;
    class Counting extends Authenticator {
      override authenticate({ token }: { token: string }): Identity {
        asked++;
        return { userId: token, roles: [] };
      }
    }
    const auth = { authenticator: new Counting() };
    const server = await limited({ handshakesPerAddress: { perSecond: 0.01, burst: 2 } }, { auth });
    expect(await statuses(server, ['alice', 'bob'])).toEqual([101, 101]);
    expect(await knock(server.port, as('carol'))).toMatchObject({
      status: 429,
      headers: { 'retry-after': '100' },
      body: { code: 'rate_limited', message: 'Too many handshakes from this address. Connect less often.' },
    });
    expect(asked).toBe(2);
  });

  it('of a hundred clients behind one address, twice over, are let in by default', async () => {
    const server = await realtime({ limited: true });
    const users = Array.from({ length: 100 }, (_, n) => `user${n}`);
    for (let round = 0; round < 2; round++) {
      const clients = await Promise.all(users.map((user) => server.connect(user)));
      await Promise.all(clients.map((client) => client.close()));
    }
  });
});

describe('rooms of a query', () => {
  const query = (count: number) => `?${Array.from({ length: count }, (_, n) => `board_id=${n}`).join('&')}`;

  it('cost what join_room costs', async () => {
    const server = await realtime({ limited: true, rateLimit: { perSecond: 0.1, burst: 5, cost: { join_room: 2 } } });
    const alice = await server.connect('alice', { query: query(3) });
    expect((await alice.next('room_joined')).data.room).toBe('board:0');
    expect((await alice.next('room_joined')).data.room).toBe('board:1');
    const error = await alice.next('error');
    expect(error.data).toMatchObject({ code: 'rate_limited', retryable: true });
    expect(error.data.retry_after_ms).toBeGreaterThan(9_000);
    expect(error.reply_to).toBeUndefined();
    expect((await alice.request('ping')).type).toBe('pong');
    expect((await alice.refusal('join_room', { room: 'board:2' })).code).toBe('rate_limited');
  });

  it('are each answered, however many they are, and close no connection', async () => {
    const server = await realtime({ limited: true });
    const alice = await server.connect('alice', { query: query(128) });
    const answers = () => alice.unread.map(({ type, data }) => (type === 'error' ? data.code : type));
    await until(() => answers().length === 128, 'all answers');
    const joined = answers().filter((answer) => answer === 'room_joined').length;
    expect(joined).toBeGreaterThanOrEqual(20);
    expect(joined).toBeLessThan(60);
    expect(answers().filter((answer) => answer === 'rate_limited')).toHaveLength(128 - joined);
    expect(alice.connected).toBe(true);
  });

  it('count against the user, where that is limited', async () => {
    const server = await realtime({ rateLimit: { perUser: { perSecond: 0.1, burst: 3 } } });
    const alice = await server.connect('alice', { query: query(2) });
    for (let n = 0; n < 2; n++) await alice.next('room_joined');
    const other = await server.connect('alice', { query: query(2) });
    await other.next('room_joined');
    expect((await other.next('error')).data.code).toBe('rate_limited');
  });
});
