import { StreamUsage, Nodes } from '../../src';
import { RedisConnections, RedisNodes } from '../../src/adapters/redis';
import { adminAs } from '../support/admin';
import { Proxy, stopProxies } from '../support/proxy';
import { realtime, stopAll } from '../support/realtime';
import { nodesOn } from '../support/redis-nodes';
import { RedisServer, stopRedis } from '../support/redis-server';

let server: RedisServer;

beforeAll(async () => {
  server = await RedisServer.start();
});

afterEach(async () => {
  await stopAll();
  stopProxies();
});

afterAll(stopRedis);

const done = (connections: number) => ({ status: 200, body: { connections, unanswered: [] } });

/** Alice on both nodes, bob on the second; all in a project. */
async function gathering() {
  const [one, two] = await nodesOn([server.url, server.url], { admin: {} });
  const [alice, phone, bob] = [await one.connect('alice'), await two.connect('alice'), await two.connect('bob')];
  for (const client of [alice, phone, bob]) await client.join('project:1');
  const [first, second] = [one, two].map(({ app }) => app.get(Nodes).name);
  return { one, two, alice, phone, bob, first, second, admin: adminAs(one) };
}

describe('the admin API on two nodes', () => {
  it('counts, lists and sums what is on both', async () => {
    const { admin, one, first, second } = await gathering();
    expect(await admin('GET', '/connections/count')).toMatchObject(done(3));
    expect(await admin('GET', '/users/alice/connections/count')).toMatchObject(done(2));
    expect(await admin('GET', '/projects/1/connections/count')).toMatchObject(done(3));
    expect((await admin('GET', '/rooms')).body).toEqual({
      rooms: [{ room: 'project:1', connections: 3, nodes: 2 }],
      unanswered: [],
    });
    const { body } = await admin('GET', '/connections?user=alice');
    const nodes = (body.connections as { node: string }[]).map(({ node }) => node);
    expect(nodes.sort()).toEqual([first, second].sort());
    const stats = (await admin('GET', '/stats')).body;
    expect(stats).toMatchObject({ connections: 3, unanswered: [] });
    expect((stats.nodes as { name: string }[]).map(({ name }) => name)).toEqual([first, second].sort());
    expect((await admin('GET', '/metrics')).body).toMatchObject({
      hub: { active_connections: 3, total_connections: 3 },
      middleware: { rate_limiter: { active_limiters: 3 } },
    });
    const empty = (await admin('GET', '/rooms/project:1')).body;
    expect(empty).toMatchObject({ connections: 3, offset: 0, kept: { publications: 0, bytes: 0 } });
    for (let n = 0; n < 3; n++) await one.events.emit('task.created', { n }, { room: 'project:1' });
    const { offset, kept } = (await admin('GET', '/rooms/project:1')).body as { offset: number; kept: StreamUsage };
    expect([offset, kept.publications, kept.bytes > 300]).toEqual([3, 3, true]);
  });

  it('pages over the connections of both, each once, in one order', async () => {
    const { admin, one, two } = await gathering();
    for (let n = 0; n < 30; n++) await (n % 3 ? one : two).connect(`user${n}`);
    const ids: string[] = [];
    let cursor: string | undefined = '';
    while (cursor !== undefined) {
      const { body } = await admin('GET', `/connections?limit=7${cursor ? `&cursor=${cursor}` : ''}`);
      ids.push(...(body.connections as { id: string }[]).map(({ id }) => id));
      cursor = body.next as string | undefined;
    }
    const all = [...one.connections, ...two.connections].map(({ id }) => id);
    expect(ids).toEqual(all.sort());
  });

  it('disconnects a user, a connection and a project wherever they are', async () => {
    const { admin, two, alice, phone, bob } = await gathering();
    const [{ id }] = [...two.connections].filter(({ userId }) => userId === 'bob');
    expect(await admin('POST', `/connections/${id}/disconnect`)).toMatchObject(done(1));
    expect((await bob.closed).code).toBe(4503);
    expect(await admin('POST', '/users/alice/disconnect')).toMatchObject(done(2));
    for (const client of [alice, phone]) expect((await client.closed).code).toBe(4503);
    const carol = await two.connect('carol');
    await carol.join('project:1');
    expect(await admin('POST', '/projects/1/disconnect', { message: 'Closed' })).toMatchObject(done(1));
    expect(await carol.closed).toEqual({ code: 4503, reason: 'Closed' });
  });

  it('drains the node that is named, and no other', async () => {
    const { admin, second, alice, phone, bob } = await gathering();
    expect((await admin('POST', '/drain', { node: second })).status).toBe(202);
    for (const client of [phone, bob]) expect((await client.closed).code).toBe(1012);
    await alice.settled();
    expect(alice.unread.map(({ type }) => type)).not.toContain('server_shutdown');
    const nodes = (await admin('GET', '/stats')).body.nodes as { name: string; draining: boolean }[];
    expect(nodes.filter(({ draining }) => draining).map(({ name }) => name)).toEqual([second]);
  });

  it('names the node that does not answer, and shows what the others have', async () => {
    const proxy = await Proxy.to(server.port);
    const redis = (url: string) => new RedisConnections({ url, prefix: 'admin-deaf:', timeoutMs: 10_000 });
    const [near, far] = [redis(server.url), redis(proxy.url)];
    const one = await realtime({ admin: {}, redis: near, nodes: new RedisNodes(near, { timeoutMs: 200 }) });
    const deaf = new RedisNodes(far, { name: 'deaf' });
    const two = await realtime({ redis: far, nodes: deaf });
    await one.connect('alice');
    await two.connect('bob');
    const admin = adminAs(one);
    expect(await admin('GET', '/connections/count')).toMatchObject(done(2));
    proxy.stall();
    for (const path of ['/connections', '/connections/count', '/rooms', '/stats', '/metrics']) {
      const { status, body } = await admin('GET', path);
      expect([path, status, body.unanswered]).toEqual([path, 200, [deaf.name]]);
    }
    expect((await admin('GET', '/connections')).body.connections).toMatchObject([{ user_id: 'alice' }]);
    expect((await admin('POST', '/connections/unknown/disconnect')).body).toEqual({
      connections: 0,
      unanswered: [deaf.name],
    });
    expect((await admin('POST', '/drain', { node: deaf.name })).status).toBe(503);
    proxy.heal();
  });

  it('is unavailable while the nodes cannot reach each other, and disconnects here all the same', async () => {
    const proxy = await Proxy.to(server.port);
    const [one] = await nodesOn([proxy.url, server.url], { admin: {} });
    const alice = await one.connect('alice');
    await alice.settled();
    const admin = adminAs(one);
    proxy.cut();
    const answer = await admin('POST', '/users/alice/disconnect');
    expect([answer.status, answer.body.code]).toEqual([503, 'unavailable']);
    expect((await alice.closed).code).toBe(4503);
  });
});
