import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { TestClient } from '../support/client';
import { buildInto } from '../support/build';
import { endPrograms, Program, temporaryDirectory } from '../support/program';

const directory = temporaryDirectory();

// Processes are started here, which on a busy machine takes seconds.
jest.setTimeout(60_000);

beforeAll(() => buildInto(directory));

afterEach(endPrograms);

function start(env: Record<string, string> = {}): Program {
  return new Program(process.execPath, [join(directory, 'dist/main.js')], {
    env: { PORT: '0', DATA_DIR: join(directory, 'data'), ...env },
  });
}

/** What the program offers to paste. */
async function offers(program: Program) {
  const [, url, token] = await program.prints(/npx wscat -c "(\S+)" -H "Authorization: Bearer (\S+)"\n/);
  const [, api, headers, body] = await program.prints(/curl -X POST (\S+) (-H .+) -d '(.+)'\n/);
  const sent = Object.fromEntries([...headers.matchAll(/-H "(\S+): (.+?)"/g)].map(([, name, value]) => [name, value]));
  const post = (text = body) => fetch(api, { method: 'POST', headers: sent, body: text });
  return { url, token, post };
}

describe('the program', () => {
  it('takes a new user through the walk: listen, create a task, lose the connection, miss nothing, end', async () => {
    const program = start();
    const { url, token, post } = await offers(program);
    const headers = { authorization: `Bearer ${token}` };
    const client = await TestClient.open(url, { headers });
    const { epoch } = (await client.next('room_joined')).data;
    expect((await post()).status).toBe(201);
    const created = await client.next('task.created');
    expect(created).toMatchObject({ room: 'project:1', offset: 1, data: { id: '1', projectId: '1', boardId: '1' } });
    client.drop();
    await client.closed;

    await post('{"projectId": 1, "title": "second"}');
    await post('{"projectId": "1", "title": "third"}');
    const again = await TestClient.open(url.replace(/\?.*/, ''), { headers });
    expect(await again.join('project:1', { epoch, offset: 1 })).toMatchObject({ recovered: true, replayed: 2 });
    expect((await again.next('task.created')).data.title).toBe('second');
    expect((await again.next('task.created')).data.title).toBe('third');
    await again.settled();
    expect(again.unread.map(({ type }) => type)).toEqual(['auth_success']);

    program.signal('SIGTERM');
    expect((await again.next('server_shutdown')).data.reconnect_in_ms).toBeLessThan(30_000);
    expect((await again.closed).code).toBe(1012);
    expect(await program.exit).toBe(0);
    expect(program.stderr).toBe('');
  });

  it('keeps the secret it drew, so that a token is good after a restart', async () => {
    const first = start();
    const { token } = await offers(first);
    expect(statSync(join(directory, 'data/jwt-secret')).mode & 0o777).toBe(0o600);
    first.signal('SIGINT');
    expect(await first.exit).toBe(0);
    const { url } = await offers(start());
    const client = await TestClient.open(url, { headers: { authorization: `Bearer ${token}` } });
    expect((await client.next('auth_success')).data.user_id).toBe('demo');
    client.drop();
  });

  it('prints no token in production', async () => {
    const program = start({ NODE_ENV: 'production' });
    const [, address] = await program.prints(/at http:\/\/(\S+)\/api, its events at ws:\/\/\S+\/ws\.\n/);
    expect((await fetch(`http://${address}/api/login`, { method: 'POST' })).status).toBe(400);
    program.signal('SIGTERM');
    expect(await program.exit).toBe(0);
    expect(program.stdout).not.toMatch(/eyJ|wscat|two browsers/);
  });

  it('says where the page of the board is, and, where that was not built, how to build it', async () => {
    const [, address] = await start().prints(/Open (http:\/\/\S+\/) in two browsers/);
    const response = await fetch(address);
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { message: 'The page has not been built. Run: npm run build' },
    ]);
  });

  it('ends with 1 and one line when its environment is wrong', async () => {
    const program = start({ PORT: 'abc' });
    expect(await program.exit).toBe(1);
    const line = "PORT must be a whole number from 0 to 65535, got 'abc'\n";
    expect([program.stderr, program.stdout]).toEqual([line, '']);
  });

  it('ends with 1 and one line when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const program = start({ PORT: String(port) });
    expect(await program.exit).toBe(1);
    other.close();
    const line = `Cannot listen on 127.0.0.1, port ${port}: the port is taken. Stop what listens there, or set PORT to another\n`;
    expect([program.stderr, program.stdout]).toEqual([line, '']);
  });
});
