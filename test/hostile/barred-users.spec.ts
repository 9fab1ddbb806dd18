import { JwtService } from '@nestjs/jwt';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AuditEntry } from '../../src/features/audit';
import { RealtimeModule, RoomsService } from '../../src';
import { Audit } from '../../src/features/audit/audit';
import { realtimeTest } from '../../src/testing';
import { adminAs } from '../support/admin';
import { channelsAs } from '../support/channels';
import { Proxy, stopProxies } from '../support/proxy';
import { knock } from '../support/raw-socket';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { nodesOn } from '../support/redis-nodes';
import { RedisServer, stopRedis } from '../support/redis-server';
import { SECRET, tokenFor } from '../support/tokens';

afterEach(async () => {
  await stopAll();
  stopProxies();
});
afterAll(stopRedis);

const HOUR_MS = 3_600_000;
const jwt = new JwtService({ secret: SECRET });
const stolen = jwt.sign({ sub: 'mallory', jti: 'stolen' }, { expiresIn: 3600 });
const other = jwt.sign({ sub: 'mallory', jti: 'other' }, { expiresIn: 3600 });

const knockWith = ({ port }: Realtime, token: string) => knock(port, { headers: { Authorization: `Bearer ${token}` } });
const barred = {
  status: 403,
  body: { code: 'banned', message: expect.stringContaining('Do not reconnect') as string },
};

/** What an `authenticate` frame of this token is answered with, and the close code. */
async function authenticating({ open }: Realtime, token: string): Promise<[unknown, number]> {
  const client = await open();
  client.send('authenticate', { token });
  const { data } = await client.next('auth_failed');
  return [data.code, (await client.closed).code];
}

const administered = (options: RealtimeTestOptions = {}) => realtime({ admin: {}, ...options });

describe('a user whom an administrator disconnected and barred', () => {
  it.each([
    ['Express', () => ({})],
    ['Fastify', () => ({ http: new FastifyAdapter() })],
  ] as const)('comes in by no way until it is lifted, under %s', async (_, http) => {
    const server = await administered(http());
    const admin = adminAs(server);
    const mallory = await server.connect('mallory');
    const bob = await server.connect('bob');
    const answer = await admin('POST', '/users/mallory/disconnect', { bar_ms: HOUR_MS });
    expect(answer).toMatchObject({ status: 200, body: { connections: 1, unanswered: [] } });
    expect((await mallory.closed).code).toBe(4503);
    expect(await knockWith(server, tokenFor('mallory'))).toMatchObject(barred);
    expect(await authenticating(server, tokenFor('mallory'))).toEqual(['banned', 4501]);
    expect(await channelsAs(server, 'mallory')('GET', '')).toMatchObject(barred);
    await bob.settled();
    await admin('POST', '/users/mallory/disconnect', { bar_ms: 0 });
    await (await server.connect('mallory')).settled();
  });

  it('cannot bring its living session under a barred token', async () => {
    const server = await administered();
    const client = await server.open('', { headers: { authorization: `Bearer ${other}` } });
    await client.next('auth_success');
    await adminAs(server)('POST', '/users/mallory/disconnect', { jti: 'stolen', bar_ms: HOUR_MS });
    client.send('authenticate', { token: stolen });
    expect((await client.next('auth_failed')).data.code).toBe('banned');
    await client.settled();
  });

  it('is on record, and so is each refusal', async () => {
    class Ledger extends Audit {
      readonly entries: AuditEntry[] = [];
      override record(entry: AuditEntry): void {
        this.entries.push(entry);
      }
    }
    const ledger = new Ledger();
    const server = await administered({ audit: { sink: ledger } });
    await adminAs(server)('POST', '/users/mallory/disconnect', { bar_ms: HOUR_MS });
    await knockWith(server, tokenFor('mallory'));
    expect(ledger.entries.map(({ type, target, code }) => [type, target, code])).toEqual([
      ['admin_disconnect', 'mallory', 'banned'],
      ['auth_refused', undefined, 'banned'],
    ]);
  });
});

describe('a token that was barred by its jti', () => {
  it('is refused; the connections of other tokens stay, and other users may have the same jti', async () => {
    const server = await administered();
    const thief = await server.open('', { headers: { authorization: `Bearer ${stolen}` } });
    const owner = await server.open('', { headers: { authorization: `Bearer ${other}` } });
    const disconnect = { jti: 'stolen', bar_ms: HOUR_MS };
    const answer = await adminAs(server)('POST', '/users/mallory/disconnect', disconnect);
    expect(answer).toMatchObject({ status: 200, body: { connections: 1 } });
    expect((await thief.closed).code).toBe(4503);
    await owner.settled();
    expect(await knockWith(server, stolen)).toMatchObject(barred);
    expect((await knockWith(server, other)).status).toBe(101);
    const sameJti = jwt.sign({ sub: 'carol', jti: 'stolen' }, { expiresIn: 3600 });
    expect((await knockWith(server, sameJti)).status).toBe(101);
  });
});

describe('a bar', () => {
  it('is over at its time', async () => {
    const imports = [RealtimeModule.forRoot({ auth: { secret: SECRET }, policy: 'open', storage: false })];
    const test = await realtimeTest({ imports, clients: ['alice', 'mallory'], clock: 'virtual' });
    const rooms = test.nodes[0].get(RoomsService);
    await rooms.disconnectUser('mallory', 'Enough', { barMs: 60_000 });
    expect(await test.clients[1].closed).toEqual({ code: 4503, reason: 'Enough' });
    await test.clock.advance(59_000);
    await expect(test.connect('mallory')).rejects.toThrow('403');
    await test.clock.advance(1_000);
    await test.connect('mallory');
    await test.close();
  });

  it.each([
    [{ bar_ms: -1 }, 'bar_ms'],
    [{ bar_ms: 1.5 }, 'bar_ms'],
    [{ bar_ms: 40_000_000_000 }, 'bar_ms'],
    [{ bar_ms: '60' }, 'bar_ms'],
    [{ jti: '' }, 'jti'],
    [{ jti: 'x'.repeat(257) }, 'jti'],
  ])('of %j is refused, and nobody is disconnected', async (body, field) => {
    const server = await administered();
    const bob = await server.connect('bob');
    const answer = await adminAs(server)('POST', '/users/bob/disconnect', body);
    expect(answer).toMatchObject({ status: 400, body: { details: [{ field }] } });
    await bob.settled();
  });

  it('is refused when there are ten thousand, and counts no more that are over', async () => {
    const { rooms } = await realtime();
    for (let n = 0; n < 10_000; n++) await rooms.disconnectUser(`user-${n}`, 'x', { barMs: HOUR_MS });
    await expect(rooms.disconnectUser('mallory', 'x', { barMs: HOUR_MS })).rejects.toMatchObject({
      code: 'limit_exceeded',
    });
    await rooms.disconnectUser('user-0', 'x', { barMs: 0 });
    await rooms.disconnectUser('mallory', 'x', { barMs: HOUR_MS });
  });
});

describe('a user barred on one of two nodes that share a Redis', () => {
  it('is barred on the other, and on one that starts later', async () => {
    const redis = await RedisServer.start();
    const [one, two] = await nodesOn([redis.url, redis.url], { admin: {} }, 'barred:');
    const mallory = await two.connect('mallory');
    const answer = await adminAs(one)('POST', '/users/mallory/disconnect', { bar_ms: HOUR_MS });
    expect(answer.body).toEqual({ connections: 1, unanswered: [] });
    expect((await mallory.closed).code).toBe(4503);
    await adminAs(one)('POST', '/users/mallory/disconnect', { jti: 'stolen', bar_ms: HOUR_MS });
    const [late] = await nodesOn([redis.url], {}, 'barred:');
    for (const node of [one, two, late]) expect(await knockWith(node, tokenFor('mallory'))).toMatchObject(barred);
    await adminAs(two)('POST', '/users/mallory/disconnect', { bar_ms: 0 });
    const [last] = await nodesOn([redis.url], {}, 'barred:');
    for (const node of [one, two, late, last]) {
      expect((await knockWith(node, tokenFor('mallory'))).status).toBe(101);
      expect(await knockWith(node, stolen)).toMatchObject(barred);
    }
  });

  it('is disconnected and refused by a node that was cut off meanwhile, once it is back', async () => {
    const redis = await RedisServer.start();
    const proxy = await Proxy.to(redis.port);
    const [one] = await nodesOn([redis.url], {}, 'cut:');
    const [two] = await nodesOn([proxy.url], {}, 'cut:');
    const [mallory, bob] = [await two.connect('mallory'), await two.connect('bob')];
    await mallory.settled();
    await bob.settled();
    proxy.cut();
    expect((await one.rooms.disconnectUser('mallory', 'Out', { barMs: HOUR_MS })).unanswered).toHaveLength(1);
    await mallory.settled();
    proxy.heal();
    expect((await mallory.closed).code).toBe(4503);
    expect(await knockWith(two, tokenFor('mallory'))).toMatchObject(barred);
    await bob.settled();
  });
});
