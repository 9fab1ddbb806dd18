import { join } from 'node:path';
import { TestClient } from '../support/client';
import { REGISTER } from '../support/cluster';
import { endPrograms, Program } from '../support/program';
import { closeClients, sdk } from '../support/sdk';
import { tokenFor } from '../support/tokens';

const PROGRAM = join(__dirname, '../support/cluster-primary.ts');

let program: Program;
let url: string;
const clients: TestClient[] = [];
let rooms = 0;

beforeAll(async () => {
  program = new Program(process.execPath, ['--require', REGISTER, PROGRAM]);
  const [, port] = await listening(2);
  url = `ws://127.0.0.1:${port}/ws`;
}, 60_000);

afterEach(async () => {
  for (const client of clients.splice(0)) client.drop();
  await closeClients();
});

afterAll(endPrograms);

/** So many processes have begun to listen. */
function listening(count: number) {
  return program.prints(new RegExp(`(?:\\d+ listens on (\\d+)\n[^]*){${count}}`));
}

/** The primary has noticed that a process died: it hands no connection to it any more. */
function gone(pid: number) {
  return program.prints(new RegExp(`^${pid} is gone$`, 'm'));
}

async function connect(userId: string) {
  const client = await TestClient.open(url, { headers: { authorization: `Bearer ${tokenFor(userId)}` } });
  clients.push(client);
  await client.next('auth_success');
  const { pid } = (await client.request('which_process')).data as { pid: number };
  return { client, pid };
}

/** A client in another process than this one: the primary hands connections out in turn. */
async function connectElsewhere(userId: string, pid: number) {
  for (;;) {
    const connected = await connect(userId);
    if (connected.pid !== pid) return connected;
  }
}

async function twoClients() {
  const alice = await connect('alice');
  const bob = await connectElsewhere('bob', alice.pid);
  return { alice, bob, room: `project:${++rooms}` };
}

async function said(client: TestClient, count: number) {
  const frames = [];
  for (let i = 0; i < count; i++) frames.push(await client.next('word.said'));
  return frames.map(({ offset, data }) => [offset, data.n]);
}

describe('two processes on one port', () => {
  it('say the same to clients of both: in one order, with the same offsets', async () => {
    const { alice, bob, room } = await twoClients();
    const { epoch } = await alice.client.join(room);
    expect(await bob.client.join(room)).toMatchObject({ epoch, offset: 0 });
    for (let n = 1; n <= 5; n++) {
      alice.client.send('say', { room, n });
      bob.client.send('say', { room, n: n + 100 });
    }
    const heard = await said(alice.client, 10);
    expect(heard.map(([offset]) => offset)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(heard.map(([, n]) => n).filter((n) => Number(n) < 100)).toEqual([1, 2, 3, 4, 5]);
    expect(heard.map(([, n]) => n).filter((n) => Number(n) > 100)).toEqual([101, 102, 103, 104, 105]);
    expect(await said(bob.client, 10)).toEqual(heard);
  });

  it('bring a client that comes back to the other one what it missed, and go on', async () => {
    const { alice, bob, room } = await twoClients();
    const { epoch } = await alice.client.join(room);
    await bob.client.request('say', { room, n: 1 });
    expect(await said(alice.client, 1)).toEqual([[1, 1]]);
    alice.client.drop();
    await bob.client.request('say', { room, n: 2 });
    await bob.client.request('say', { room, n: 3 });
    const { client } = await connectElsewhere('alice', alice.pid);
    const joined = await client.join(room, { epoch, offset: 1 });
    expect(joined).toEqual({ room, epoch, offset: 3, recovered: true, replayed: 2 });
    await bob.client.request('say', { room, n: 4 });
    expect(await said(client, 3)).toEqual([2, 3, 4].map((n) => [n, n]));
  });

  it('lose nothing when one is killed, not even what it published right before', async () => {
    const { alice, bob, room } = await twoClients();
    const { epoch } = await alice.client.join(room);
    await bob.client.join(room);
    await bob.client.request('say', { room, n: 1 });
    expect(await said(alice.client, 1)).toEqual([[1, 1]]);
    alice.client.send('say_and_die', { room, n: 2 });
    await alice.client.closed;
    await bob.client.request('say', { room, n: 3 });
    await gone(alice.pid);
    const { client } = await connect('alice');
    const joined = await client.join(room, { epoch, offset: 1 });
    expect(joined).toEqual({ room, epoch, offset: 3, recovered: true, replayed: 2 });
    await bob.client.request('say', { room, n: 4 });
    expect(await said(client, 3)).toEqual([2, 3, 4].map((n) => [n, n]));
    expect(await said(bob.client, 4)).toEqual([1, 2, 3, 4].map((n) => [n, n]));
    await listening(3);
  });

  it('leave a client without an answer that was handed to one before it died: its time-out brings it back', async () => {
    const { alice } = await twoClients();
    process.kill(alice.pid, 'SIGSTOP');
    // One of them is for the process that does not take it.
    const handed = ['carol', 'dave'].map((userId) => sdk({ url }, userId, { connectTimeoutMs: 1_000 }));
    const reasons: unknown[] = [];
    for (const client of handed) client.on('reconnecting', ({ reason }) => reasons.push(reason));
    const connected = handed.map((client) => client.connect());
    await Promise.race(connected);
    process.kill(alice.pid, 'SIGKILL');
    await gone(alice.pid);
    await Promise.all(connected);
    expect(reasons).toContain('connecting took too long');
    await listening(4);
  });

  it('drain when the primary is told to end', async () => {
    const { client } = await connect('alice');
    program.signal('SIGTERM');
    await client.next('server_shutdown');
    expect((await client.closed).code).toBe(1012);
    expect(await program.exit).toBe(0);
    expect(program.stderr).toBe('');
  });
});
