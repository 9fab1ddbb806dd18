import { join } from 'node:path';
import request from 'supertest';
import { TestClient } from '../support/client';
import { REGISTER } from '../support/cluster';
import { endPrograms, Program } from '../support/program';
import { tokenFor } from '../support/tokens';

const OPTIONAL = ['@nestjs/swagger', '@nestjs/terminus', '@opentelemetry/api', 'pg', 'prom-client'];

// Processes that compile what they load.
jest.setTimeout(60_000);

afterEach(endPrograms);

/** An application in whose process these packages cannot be found. */
function without(hidden: readonly string[], options: object): Program {
  const loaders = [join(__dirname, '../support/hidden-packages.js'), REGISTER];
  const args = loaders.flatMap((loader) => ['--require', loader]);
  const program = join(__dirname, '../support/bare-app.ts');
  return new Program(process.execPath, [...args, program, JSON.stringify(options)], {
    env: { HIDDEN: hidden.join(' ') },
  });
}

describe('an application without the optional packages', () => {
  it('serves its clients, its health, its documents and its administrators', async () => {
    const [, port] = await without(OPTIONAL, { admin: {}, tracing: { frames: true } }).prints(/listens on (\d+)\./);
    const authorization = `Bearer ${tokenFor('root', { roles: ['admin'] })}`;
    const alice = await TestClient.open(`ws://127.0.0.1:${port}/ws`, { headers: { authorization } });
    await alice.join('project:1');
    const http = request(`http://127.0.0.1:${port}`);
    await http
      .get('/emit')
      .set('traceparent', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`)
      .expect(200);
    const { data, offset, trace } = await alice.next('task.created');
    expect([data, offset, trace]).toEqual([{ n: 1 }, 1, undefined]);
    const up = { status: 'up' };
    expect((await http.get('/health').expect(200)).body).toMatchObject({ realtime: up });
    await http.get('/api/v1/websocket/asyncapi.json').expect(200);
    await http.get('/api/v1/websocket/metrics').set({ authorization }).expect(200);
    await http.get('/metrics').expect(404);
    await alice.close();
  });

  it.each([
    ['prom-client', { metrics: {} }, 'MetricsModule needs the package prom-client: npm install prom-client'],
    [
      'pg',
      { postgres: 'postgres://nowhere/db' },
      'RealtimeModule: the storage (PostgreSQL, nowhere/db) cannot be used: PostgresStorage needs the package pg: npm install pg',
    ],
  ])('says in one line that it needs %s when it is asked for what that does', async (name, options, line) => {
    const program = without([name], options);
    expect(await program.exit).toBe(1);
    expect([program.stdout, program.stderr.trim()]).toEqual(['', line]);
  });
});
