import { FastifyAdapter } from '@nestjs/platform-fastify';
import { adminAs } from '../support/admin';
import type { Distribution } from '../../src/nodes/admin-command';
import type { Call } from '../support/channels';
import type { TestClient } from '../support/client';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(stopAll);

const ON_BOTH = [
  ['Express', () => ({})],
  ['Fastify', () => ({ http: new FastifyAdapter() })],
] as const;

async function open(options: RealtimeTestOptions = {}) {
  const server = await realtime({ admin: {}, ...options });
  return { server, admin: adminAs(server) };
}

/** Alice twice and bob, all in a project, and alice in a chat. */
async function peopled(options: RealtimeTestOptions = {}) {
  const opened = await open(options);
  const { connect } = opened.server;
  const [alice, phone, bob] = [await connect('alice'), await connect('alice'), await connect('bob')];
  for (const client of [alice, phone, bob]) await client.join('project:1');
  await alice.join('chat:1');
  return { ...opened, alice, phone, bob };
}

const counted = (connections: number) => ({ status: 200, body: { connections, unanswered: [] } });

describe.each(ON_BOTH)('the admin API on %s', (_name, options) => {
  it('counts connections: all, of a user, in a project', async () => {
    const { admin } = await peopled(options());
    expect(await admin('GET', '/connections/count')).toMatchObject(counted(3));
    expect(await admin('GET', '/users/alice/connections/count')).toMatchObject(counted(2));
    expect(await admin('GET', '/projects/1/connections/count')).toMatchObject(counted(3));
    expect(await admin('GET', '/users/nobody/connections/count')).toMatchObject(counted(0));
    expect(await admin('GET', '/projects/none/connections/count')).toMatchObject(counted(0));
  });

  it('shows a room: who is in, where its stream is, and what was said last, without the words', async () => {
    const { admin, server } = await peopled(options());
    await server.events.emit('task.created', { secret: 'sesame' }, { room: 'project:1', id: 'e-1' });
    const { status, body } = await admin('GET', '/rooms/project:1');
    expect(status).toBe(200);
    expect(body).toEqual({
      room: 'project:1',
      connections: 3,
      members: [
        { user_id: 'alice', name: 'alice', connections: 2, joined_at: expect.any(String) as string },
        { user_id: 'bob', name: 'bob', connections: 1, joined_at: expect.any(String) as string },
      ],
      epoch: expect.any(String) as string,
      offset: 1,
      kept: { publications: 1, bytes: expect.any(Number) as number },
      recent: [
        {
          type: 'task.created',
          message_id: 'e-1',
          offset: 1,
          timestamp: expect.any(String) as string,
          bytes: expect.any(Number) as number,
        },
      ],
      unanswered: [],
    });
    expect(JSON.stringify(body)).not.toContain('sesame');
  });

  it('reads what was said in a room: the last, those before one, and those after one', async () => {
    const { admin, server } = await peopled(options());
    for (let n = 1; n <= 5; n++) await server.events.emit('task.created', { n }, { room: 'project:1', id: `e-${n}` });
    const read = async (query: string) => (await admin('GET', `/rooms/project:1/publications${query}`)).body;
    const offsets = (body: Record<string, unknown>) => (body.publications as { offset: number }[]).map((p) => p.offset);
    const last = await read('?limit=2');
    expect(last).toMatchObject({ room: 'project:1', offset: 5, history: true, has_more: true });
    expect((last.publications as unknown[])[1]).toEqual({
      type: 'task.created',
      data: { n: 5 },
      message_id: 'e-5',
      offset: 5,
      timestamp: expect.any(String) as string,
      bytes: expect.any(Number) as number,
    });
    expect(offsets(await read('?before=4&limit=2'))).toEqual([2, 3]);
    expect(offsets(await read(`?after=3&epoch=${last.epoch as string}`))).toEqual([4, 5]);
    expect(offsets(await read('?after=3&epoch=another'))).toEqual([1, 2, 3, 4, 5]);
    expect((await admin('GET', '/rooms/nowhere/publications')).body).toMatchObject({ offset: 0, publications: [] });
  });

  it('says of a room without history that it keeps none', async () => {
    const { admin, server } = await peopled({
      ...options(),
      roomKinds: { project: { history: { maxPublications: 0 } } },
    });
    await server.events.emit('task.created', {}, { room: 'project:1' });
    const { body } = await admin('GET', '/rooms/project:1/publications');
    expect(body).toMatchObject({ history: false, publications: [] });
  });

  it('says how each node does, and the figures of all', async () => {
    const { admin, alice } = await peopled(options());
    await alice.refusal('join_room', { room: '!' });
    const stats = (await admin('GET', '/stats')).body;
    expect(stats).toMatchObject({ connections: 3, slow_consumers: 0, unanswered: [] });
    expect(stats.nodes).toMatchObject([{ name: 'this', connections: 3, rooms: 2, draining: false }]);
    expect(stats.nodes).toMatchObject([{ messages_received: 5, errors: 1 }]);
    const metrics = (await admin('GET', '/metrics')).body;
    expect(metrics).toMatchObject({
      hub: { active_connections: 3, total_connections: 3, messages_received: 5 },
      middleware: {
        rate_limiter: { active_limiters: 3 },
        error_handler: { connections_with_errors: 1, total_errors: 1 },
      },
      offline_messages: { total_messages: 0, users_with_messages: 0 },
      unanswered: [],
    });
  });
});

describe('the lag of deliveries', () => {
  it('is told without metrics, each delivery once', async () => {
    const { admin, server, bob } = await peopled();
    await server.events.emit('task.created', {}, { room: 'project:1' });
    await bob.next('task.created');
    const { lag_ms } = ((await admin('GET', '/stats')).body.nodes as { lag_ms: Distribution }[])[0];
    expect(lag_ms.cumulative).toHaveLength(lag_ms.bounds.length + 1);
    expect(lag_ms.cumulative.at(-1)).toBe(3);
  });
});

describe('lists of the admin API', () => {
  it('have the connections, with what is known of them', async () => {
    const { admin, alice } = await peopled();
    const { body } = await admin('GET', '/connections?user=alice&room=chat:1');
    expect(body.connections).toEqual([
      {
        id: expect.any(String) as string,
        node: 'this',
        user_id: 'alice',
        name: 'alice',
        address: '127.0.0.1',
        connected_at: expect.stringMatching(/^\d{4}-.+Z$/) as string,
        last_seen_at: expect.stringMatching(/^\d{4}-.+Z$/) as string,
        received: 2,
        sent: alice.frames.length,
        errors: 0,
        waiting: 0,
        subprotocol: 'json',
        rooms: ['project:1', 'chat:1'],
      },
    ]);
    const found = async (query: string) =>
      ((await admin('GET', `/connections${query}`)).body.connections as unknown[]).length;
    expect(await found('')).toBe(3);
    expect(await found('?user=alice')).toBe(2);
    expect(await found('?room=project:1')).toBe(3);
    expect(await found('?address=127.0.0.1')).toBe(3);
    expect(await found('?address=10.0.0.1')).toBe(0);
    expect(await found('?search=ALI')).toBe(2);
    expect(await found('?search=27.0.0')).toBe(3);
    expect(await found('?search=ali&room=chat:1')).toBe(1);
    expect(await found('?search=carol')).toBe(0);
    expect(await found('?user=nobody')).toBe(0);
    expect(await found('?room=nowhere')).toBe(0);
  });

  it('have 2500 connections, each once, page by page, also while others come and go between the pages', async () => {
    const limits = { max: 3000, maxPerAddress: 3000, maxPerUser: 3000 };
    const { admin, server } = await open({ connections: limits });
    await crowd(server, 'stayer', 2500);
    const quiet = await pagesOf(admin, '/connections?limit=200', 'connections');
    expect(quiet.map((page) => page.length)).toEqual([...Array<number>(12).fill(200), 100]);
    expect(quiet.flat().map(({ id }) => id)).toEqual(Array.from(server.connections, ({ id }) => id).sort());

    const goers = await crowd(server, 'goer', 200);
    const busy = await pagesOf(admin, '/connections?limit=200', 'connections', async () => {
      for (const goer of goers.splice(0, 10)) await goer.close();
      await crowd(server, 'comer', 10);
    });
    const listed = busy.flat().map(({ id }) => id);
    expect(new Set(listed).size).toBe(listed.length);
    const staying = [...server.connections].filter(({ userId }) => userId === 'stayer').map(({ id }) => id);
    expect(staying).toHaveLength(2500);
    expect(staying.filter((id) => !listed.includes(id))).toEqual([]);
    expect(busy.length).toBeGreaterThan(12);
  }, 120_000);

  it('have the rooms by name, page by page, those of one user only when asked for', async () => {
    const { admin, alice } = await peopled();
    for (let n = 0; n < 20; n++) await alice.join(`den:${n}`);
    const pages = await pagesOf(admin, '/rooms?limit=5', 'rooms');
    const names = pages.flat().map(({ room }) => room);
    expect(names).toEqual([...names].sort());
    expect([names.length, new Set(names).size]).toEqual([22, 22]);
    const { body } = await admin('GET', '/rooms?kind=project');
    expect(body).toEqual({ rooms: [{ room: 'project:1', connections: 3, nodes: 1 }], unanswered: [] });
    const tens = (await admin('GET', '/rooms?search=EN:1')).body.rooms as unknown[];
    expect(tens).toHaveLength(11);
    const own = (await admin('GET', '/rooms?kind=user')).body.rooms;
    expect(own).toMatchObject([
      { room: 'user:alice', connections: 2 },
      { room: 'user:bob', connections: 1 },
    ]);
  });

  it('have the record, filtered and page by page', async () => {
    const { admin } = await peopled();
    const entries = async () => ((await admin('GET', '/audit?type=joined&limit=200')).body.entries as unknown[]).length;
    await until(async () => (await entries()) === 4, 'four joins on record');
    const pages = await pagesOf(admin, '/audit?type=joined&limit=3', 'entries');
    expect(pages.map((page) => page.length)).toEqual([3, 1]);
    expect(pages[0][0]).toMatchObject({ type: 'joined', user: 'alice', room: 'chat:1', address: '127.0.0.1' });
    expect((await admin('GET', '/audit?from=2999-01-01T00:00:00Z')).body).toEqual({ entries: [] });
  });
});

describe('wrong input of the admin API', () => {
  it.each([
    ['/connections?limit=0', 'limit'],
    ['/connections?limit=201', 'limit'],
    ['/connections?limit=x', 'limit'],
    ['/connections?cursor=', 'cursor'],
    ['/connections?user=a%00b', 'user'],
    ['/connections?room=!', 'room'],
    ['/connections?color=red', 'color'],
    ['/connections?__proto__=x', '__proto__'],
    ['/rooms?limit=-1', 'limit'],
    ['/rooms?kind=a%20b', 'kind'],
    ['/rooms?search=', 'search'],
    ['/connections?search=a%00b', 'search'],
    ['/rooms/%21', 'room'],
    ['/rooms/%21/publications', 'room'],
    ['/rooms/project:1/publications?limit=101', 'limit'],
    ['/rooms/project:1/publications?after=-1', 'after'],
    ['/rooms/project:1/publications?before=0', 'before'],
    ['/rooms/project:1/publications?after=1e999', 'after'],
    [`/rooms/${'x'.repeat(201)}`, 'room'],
    ['/rooms/%2A', 'room'],
    ['/projects/a%20b/connections/count', 'project'],
    ['/users/a%00b/connections/count', 'user'],
    [`/users/${'x'.repeat(201)}/connections/count`, 'user'],
    ['/audit?from=yesterday', 'from'],
    ['/audit?cursor=nope', 'cursor'],
    ['/audit?limit=1.5', 'limit'],
  ])('%s is refused for its %s', async (path, field) => {
    const { admin } = await open();
    const { status, body } = await admin('GET', path);
    const told = (body.details as { field: string }[] | undefined)?.map((detail) => detail.field);
    expect([status, body.code, told]).toEqual([400, 'validation_failed', [field]]);
  });

  it('that names a room nobody knows is answered 404', async () => {
    const { admin } = await open();
    for (const room of ['nowhere', 'project:none', 'constructor']) {
      expect(await admin('GET', `/rooms/${room}`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
  });
});

/** So many connections of one user. */
async function crowd(server: Realtime, userId: string, count: number): Promise<TestClient[]> {
  const clients: TestClient[] = [];
  while (clients.length < count) {
    const some = Array.from({ length: Math.min(50, count - clients.length) }, () =>
      server.connect(userId, { perMessageDeflate: false }),
    );
    clients.push(...(await Promise.all(some)));
  }
  return clients;
}

/** What a list has, until there is no more. */
async function pagesOf(
  admin: Call,
  path: string,
  name: string,
  between: () => Promise<void> = async () => undefined,
): Promise<Record<string, unknown>[][]> {
  const pages: Record<string, unknown>[][] = [];
  let cursor: unknown;
  do {
    const { body } = await admin('GET', cursor ? `${path}&cursor=${encodeURIComponent(cursor as string)}` : path);
    pages.push(body[name] as Record<string, unknown>[]);
    cursor = body.next;
    await between();
  } while (cursor);
  return pages;
}
