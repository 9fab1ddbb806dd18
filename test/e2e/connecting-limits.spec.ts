import { Authenticator, Identity, PresentedCredential } from '../../src';
import { knock, RawSocket, upgradeRequest } from '../support/raw-socket';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';

afterEach(stopAll);

const ofUser = {
  status: 429,
  headers: { 'retry-after': '10', connection: 'close' },
  body: { code: 'limit_exceeded', message: 'Too many connections of this user. Close one first.' },
};
const ofAddress = {
  status: 429,
  headers: { 'retry-after': '10' },
  body: { code: 'limit_exceeded', message: 'Too many connections from this address.' },
};
const inAll = {
  status: 503,
  headers: { 'retry-after': '10' },
  body: { code: 'limit_exceeded', message: 'The server is full.' },
};

/** Holds every handshake back until it has this many, and then lets all of them in at once. */
class Barrier extends Authenticator {
  readonly #waiting: (() => void)[] = [];
  #first!: () => void;
  readonly hasOne = new Promise<void>((resolve) => (this.#first = resolve));

  constructor(private readonly count: number) {
    super();
  }

  override async authenticate({ token }: PresentedCredential): Promise<Identity> {
    await new Promise<void>((resolve) => {
      this.#first();
      if (this.#waiting.push(resolve) === this.count) for (const each of this.#waiting) each();
    });
    return { userId: token, roles: [] };
  }
}

const as = (user: string) => ({ headers: { authorization: `Bearer ${tokenFor(user)}` } });
const limited = (connections: RealtimeTestOptions['connections']) => realtime({ connections });
const gone = (server: Realtime, left: number) =>
  new Promise<void>((resolve) => {
    if (server.connections.size === left) resolve();
    server.connections.closed.subscribe(() => server.connections.size === left && resolve());
  });

describe('the limit on connections', () => {
  it('of a user counts only their own, and is freed when one closes', async () => {
    const server = await limited({ maxPerUser: 2 });
    const first = await server.connect('alice');
    const second = await server.connect('alice');
    expect(await knock(server.port, as('alice'))).toMatchObject(ofUser);
    const bob = await server.connect('bob');
    await bob.settled();
    await first.close();
    await gone(server, 2);
    const third = await server.connect('alice');
    second.drop();
    await gone(server, 2);
    const fourth = await server.connect('alice');
    expect(await knock(server.port, as('alice'))).toMatchObject(ofUser);
    for (const client of [third, fourth]) await client.settled();
  });

  it('of a user holds for deferred authentication, too', async () => {
    const server = await limited({ maxPerUser: 1 });
    const alice = await server.connect('alice');
    const late = await server.open();
    const reply = await late.request('authenticate', { token: tokenFor('alice') });
    expect([reply.type, reply.data]).toEqual(['auth_failed', ofUser.body]);
    expect(await late.closed).toEqual({ code: 4501, reason: 'limit_exceeded' });
    await alice.settled();
  });

  it('of an address counts clients without a name, and is freed when they close', async () => {
    const server = await limited({ maxPerAddress: 2 });
    const first = await server.open();
    await server.connect('alice');
    expect(await knock(server.port)).toMatchObject(ofAddress);
    expect(await knock(server.port, as('alice'))).toMatchObject(ofAddress);
    await first.close();
    await gone(server, 1);
    await server.open();
    expect(await knock(server.port)).toMatchObject(ofAddress);
  });

  it('of an address sees through as many proxies as there are', async () => {
    const server = await limited({ maxPerAddress: 1, trustedProxies: 1 });
    const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } });
    await server.open('', from('10.0.0.1'));
    await server.open('', from('10.0.0.2'));
    expect(await knock(server.port, from('1.2.3.4, 10.0.0.1'))).toMatchObject(ofAddress);
    expect(await knock(server.port, from('10.0.0.2:4711'))).toMatchObject(ofAddress);
    expect((await knock(server.port, from('10.0.0.1, 10.0.0.3'))).status).toBe(101);
  });

  it('of an address does not believe what a client says of itself', async () => {
    const server = await limited({ maxPerAddress: 1 });
    await server.open();
    expect(await knock(server.port, { headers: { 'X-Forwarded-For': '10.0.0.1' } })).toMatchObject(ofAddress);
  });

  it('in all is answered 503, and is freed when one closes', async () => {
    const server = await limited({ max: 2 });
    const first = await server.open();
    await server.connect('alice');
    expect(await knock(server.port, as('bob'))).toMatchObject(inAll);
    first.drop();
    await gone(server, 1);
    await server.connect('bob');
    expect(await knock(server.port)).toMatchObject(inAll);
  });

  it('is not used up by handshakes that are refused', async () => {
    const server = await limited({ max: 2, maxPerAddress: 2, maxPerUser: 1 });
    for (let i = 0; i < 5; i++) {
      expect((await knock(server.port, { headers: { authorization: 'Bearer bad' } })).status).toBe(401);
      expect((await knock(server.port, { headers: { origin: 'http://evil' } })).status).toBe(403);
      expect((await knock(server.port, { headers: { 'Sec-WebSocket-Key': 'bad' } })).status).toBe(400);
    }
    await server.connect('alice');
    await server.connect('bob');
  });

  it.each([
    ['of a user', { maxPerUser: 3 }, ofUser],
    ['of an address', { maxPerAddress: 3 }, ofAddress],
    ['in all', { max: 3 }, inAll],
  ])('%s is not passed by many handshakes at once', async (_, connections, refusal) => {
    const { port, connections: open } = await realtime({ connections });
    const answers = await Promise.all(Array.from({ length: 12 }, () => knockAndStay(port, tokenFor('alice'))));
    const statuses = answers.map(({ answer }) => answer.status);
    expect(statuses.filter((status) => status === 101)).toHaveLength(3);
    for (const { answer } of answers) if (answer.status !== 101) expect(answer).toMatchObject(refusal);
    expect(open.size).toBe(3);
    for (const { raw } of answers) raw.socket.destroy();
  });

  it('of a user is not passed by handshakes that are all verified in the same moment', async () => {
    const { port, connections } = await realtime({
      auth: { authenticator: new Barrier(6) },
      connections: { maxPerUser: 2 },
    });
    const answers = await Promise.all(Array.from({ length: 6 }, () => knockAndStay(port, 'alice')));
    expect(answers.map(({ answer }) => answer.status).sort()).toEqual([101, 101, 429, 429, 429, 429]);
    expect(connections.ofUser('alice').size).toBe(2);
    for (const { raw } of answers) raw.socket.destroy();
  });

  it('of a user is not passed by frames that are all verified in the same moment', async () => {
    const { open, connections } = await realtime({
      auth: { authenticator: new Barrier(5) },
      connections: { maxPerUser: 2 },
    });
    const clients = await Promise.all(Array.from({ length: 5 }, () => open()));
    const replies = await Promise.all(clients.map((client) => client.request('authenticate', { token: 'alice' })));
    const types = replies.map(({ type }) => type).sort();
    expect(types).toEqual(['auth_failed', 'auth_failed', 'auth_failed', 'auth_success', 'auth_success']);
    expect(connections.ofUser('alice').size).toBe(2);
  });

  it('of a user is not used up by a client that was gone before its token was verified', async () => {
    const barrier = new Barrier(2);
    const server = await realtime({ auth: { authenticator: barrier }, connections: { maxPerUser: 1 } });
    const impatient = await server.open();
    impatient.send('authenticate', { token: 'alice' });
    await barrier.hasOne;
    impatient.drop();
    await gone(server, 0);
    expect((await knock(server.port, { target: '/ws?token=alice' })).status).toBe(101);
    await gone(server, 0);
    expect(server.connections.ofUser('alice').size).toBe(0);
  });
});

async function knockAndStay(port: number, token: string) {
  const raw = await RawSocket.open(port);
  const answer = await raw.write(upgradeRequest({ headers: { authorization: `Bearer ${token}` } })).answer();
  return { raw, answer };
}
