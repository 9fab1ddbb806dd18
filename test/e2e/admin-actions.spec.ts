import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AuditEntry } from '../../src/features/audit';
import { Identity, RoomAction, RoomName, RoomPolicy } from '../../src';
import { Audit } from '../../src/features/audit/audit';
import { adminAs, callerOf } from '../support/admin';
import { realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(stopAll);

const ON_BOTH = [
  ['Express', () => ({})],
  ['Fastify', () => ({ http: new FastifyAdapter() })],
] as const;

class Ledger extends Audit {
  readonly entries: AuditEntry[] = [];

  override record(entry: AuditEntry): void {
    if (entry.type.startsWith('admin_')) this.entries.push(entry);
  }
}

async function open(options: RealtimeTestOptions = {}) {
  const ledger = new Ledger();
  const server = await realtime({ admin: {}, audit: { sink: ledger }, ...options });
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')];
  await alice.join('project:1');
  return { server, admin: adminAs(server), alice, bob, ledger };
}

const BY_ROOT = { user: 'root', address: '127.0.0.1' };
const done = (connections: number) => ({ status: 200, body: { connections, unanswered: [] } });

describe.each(ON_BOTH)('an administrator on %s', (_name, options) => {
  it('says something to everybody, in a room, in a project, to a user; on record', async () => {
    const { admin, alice, bob, ledger } = await open(options());
    const said = { event: 'notice.given', data: { text: 'Lunch' } };
    const { status, body } = await admin('POST', '/broadcast', { ...said, message_id: 'b-1' });
    expect([status, body]).toEqual([200, { message_id: 'b-1' }]);
    for (const client of [alice, bob]) {
      expect(await client.next('notice.given')).toMatchObject({ message_id: 'b-1', data: { text: 'Lunch' } });
    }
    for (const path of ['/rooms/project:1/message', '/projects/1/message']) {
      const answer = await admin('POST', path, said);
      const heard = await alice.next('notice.given');
      const { epoch, offset } = answer.body;
      expect(answer.status).toBe(200);
      expect([heard.message_id, heard.room, heard.offset]).toEqual([answer.body.message_id, 'project:1', offset]);
      expect(typeof epoch).toBe('string');
    }
    await admin('POST', '/users/bob/message', { ...said, message_id: 'u-1' });
    expect(await bob.next('notice.given')).toMatchObject({ message_id: 'u-1', room: 'user:bob' });
    await alice.settled();
    expect(alice.unread).toEqual([]);
    expect(ledger.entries.map(({ room }) => room)).toEqual(['*', 'project:1', 'project:1', 'user:bob']);
    expect(ledger.entries[0]).toEqual({ type: 'admin_message', room: '*', target: 'b-1', ...BY_ROOT });
  });

  it('disconnects a user, a project, a connection with 4503; on record', async () => {
    const { admin, server, alice, bob, ledger } = await open(options());
    expect(await admin('POST', '/users/bob/disconnect', { message: 'Go home' })).toMatchObject(done(1));
    expect(await bob.closed).toEqual({ code: 4503, reason: 'Go home' });
    expect(await admin('POST', '/projects/1/disconnect')).toMatchObject(done(1));
    expect((await alice.closed).code).toBe(4503);
    const [carol, phone] = [await server.connect('carol'), await server.connect('carol')];
    const [{ id }] = [...server.connections].filter(({ userId }) => userId === 'carol');
    expect(await admin('POST', `/connections/${id}/disconnect`)).toMatchObject(done(1));
    expect((await carol.closed).code).toBe(4503);
    await phone.settled();
    expect(ledger.entries).toEqual([
      { type: 'admin_disconnect', target: 'bob', ...BY_ROOT },
      { type: 'admin_disconnect', room: 'project:1', ...BY_ROOT },
      { type: 'admin_disconnect', connection: id, ...BY_ROOT },
    ]);
  });
});

class Doormen extends RoomPolicy {
  readonly refused = new Set<string>();

  override can({ userId }: Identity, _action: RoomAction, _room: RoomName): boolean {
    return !this.refused.has(userId);
  }
}

describe('an administrator', () => {
  it('has the policy asked again', async () => {
    const policy = new Doormen();
    const { admin, alice, ledger } = await open({ policy });
    policy.refused.add('alice');
    expect(await admin('POST', '/rooms/project:1/recheck')).toMatchObject(done(1));
    expect((await alice.next('room_left')).data).toMatchObject({ room: 'project:1', code: 'forbidden' });
    expect(ledger.entries).toEqual([{ type: 'admin_recheck', room: 'project:1', ...BY_ROOT }]);
  });

  it('leaves a message for a user who is away', async () => {
    const { admin, server } = await open();
    const said = { event: 'notice.given', data: { text: 'Call me' }, mailbox: true, message_id: 'm-1' };
    expect((await admin('POST', '/users/carol/message', said)).status).toBe(200);
    const carol = await server.connect('carol');
    expect(await carol.next('notice.given')).toMatchObject({ message_id: 'm-1', data: { text: 'Call me' } });
  });

  it('is told that there is no mailbox without a database', async () => {
    const { admin } = await open({ storage: false });
    const said = { event: 'notice.given', data: {}, mailbox: true };
    expect(await admin('POST', '/users/carol/message', said)).toMatchObject({
      status: 503,
      body: { code: 'unavailable' },
    });
  });

  it('says the same message once', async () => {
    const { admin, alice } = await open();
    const said = { event: 'notice.given', data: {}, message_id: 'same' };
    const [one, two] = [
      await admin('POST', '/projects/1/message', said),
      await admin('POST', '/projects/1/message', said),
    ];
    expect(two.body).toEqual(one.body);
    await alice.next('notice.given');
    await alice.settled();
    expect(alice.unread).toEqual([]);
  });

  it('says something only to those who are there now', async () => {
    const { admin, alice } = await open();
    const said = { event: 'notice.given', data: {}, delivery: 'volatile' };
    expect((await admin('POST', '/rooms/project:1/message', said)).body).toMatchObject({ offset: 0 });
    expect((await alice.next('notice.given')).offset).toBeUndefined();
  });

  it('drains a node: clients are sent away, new ones refused, and it still answers', async () => {
    const { admin, alice, server, ledger } = await open();
    const { status, body } = await admin('POST', '/drain', { node: 'this' });
    expect([status, body]).toEqual([202, { node: 'this', draining: true }]);
    await alice.next('server_shutdown');
    expect((await alice.closed).code).toBe(1012);
    await expect(server.connect('carol')).rejects.toThrow('503');
    expect((await admin('GET', '/stats')).body.nodes).toMatchObject([{ name: 'this', draining: true }]);
    expect((await admin('GET', '/health/ready')).status).toBe(503);
    expect((await admin('POST', '/drain', { node: 'this' })).status).toBe(202);
    expect(ledger.entries[0]).toEqual({ type: 'admin_drain', target: 'this', ...BY_ROOT });
  });

  it('is named by the application where its own guard let somebody in', async () => {
    const guard = { canActivate: () => true };
    const actor = (request: unknown) => (request as { headers: Record<string, string> }).headers['x-user'];
    const { server, ledger } = await open({ admin: { guard, actor } });
    const prefix = '/api/v1/websocket';
    await callerOf(server, { 'x-user': 'olga' }, prefix)('POST', '/users/bob/disconnect');
    await callerOf(server, {}, prefix)('POST', '/users/bob/disconnect');
    expect(ledger.entries.map(({ user }) => user)).toEqual(['olga', undefined]);
  });

  it('finds what was done in the database', async () => {
    const server = await realtime({ admin: {} });
    const admin = adminAs(server);
    await admin('POST', '/users/bob/disconnect');
    const entries = async () => (await admin('GET', '/audit?type=admin_disconnect')).body.entries as unknown[];
    await until(async () => (await entries()).length === 1, 'the entry');
    expect(await entries()).toMatchObject([{ type: 'admin_disconnect', user: 'root', target: 'bob' }]);
  });
});

describe('an action with wrong input', () => {
  const said = { event: 'notice.given', data: {} };

  it.each([
    ['/broadcast', {}, ['data', 'event']],
    ['/broadcast', { ...said, event: 'notice' }, ['event']],
    ['/broadcast', { ...said, event: 7 }, ['event']],
    ['/broadcast', { ...said, event: `a.${'x'.repeat(80)}` }, ['event']],
    ['/broadcast', { ...said, data: 'text' }, ['data']],
    ['/broadcast', { ...said, data: [1] }, ['data']],
    ['/broadcast', { ...said, message_id: 'a b' }, ['message_id']],
    ['/broadcast', { ...said, room: 'project:1' }, ['room']],
    ['/broadcast', [said], ['']],
    ['/rooms/%21/message', said, ['room']],
    ['/rooms/project:1/message', { ...said, delivery: 'maybe' }, ['delivery']],
    ['/rooms/project:1/message', { ...said, mailbox: true }, ['mailbox']],
    ['/projects/a%20b/message', said, ['project']],
    ['/users/a%00b/message', said, ['user']],
    ['/users/bob/message', { ...said, mailbox: 'yes' }, ['mailbox']],
    ['/users/bob/disconnect', { message: '' }, ['message']],
    ['/users/bob/disconnect', { message: 'x'.repeat(121) }, ['message']],
    ['/projects/1/disconnect', { reason: 'x' }, ['reason']],
    ['/connections/a%20b/disconnect', {}, ['connection']],
    ['/rooms/%2A/recheck', undefined, ['room']],
    ['/drain', {}, ['node']],
    ['/drain', { node: 7 }, ['node']],
  ])('%s %j is refused, and nothing is done or on record', async (path, body, fields) => {
    const { admin, alice, bob, ledger } = await open();
    const answer = await admin('POST', path, body);
    const told = (answer.body.details as { field: string }[] | undefined)?.map((detail) => detail.field).sort();
    expect([answer.status, answer.body.code, told]).toEqual([400, 'validation_failed', fields]);
    for (const client of [alice, bob]) {
      await client.settled();
      expect(client.unread).toEqual([]);
    }
    expect(ledger.entries).toEqual([]);
  });

  it('that names a connection or a node nobody knows is answered 404; a user or a room may be empty', async () => {
    const { admin } = await open();
    const unknown = { status: 404, body: { code: 'not_found' } };
    expect(await admin('POST', '/connections/nobody/disconnect')).toMatchObject(unknown);
    expect(await admin('POST', '/drain', { node: 'that' })).toMatchObject(unknown);
    for (const path of ['/users/nobody/disconnect', '/projects/none/disconnect', '/rooms/nowhere/recheck']) {
      expect(await admin('POST', path)).toMatchObject(done(0));
    }
  });
});
