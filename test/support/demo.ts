import type { INestApplication } from '@nestjs/common';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import request from 'supertest';
import { createApplication } from '../../src/demo/application';
import { readEnvironment } from '../../src/demo/environment';
import { TestClient } from './client';
import { temporaryDirectory } from './program';
import { TestLogger } from './realtime';
import { SECRET, tokenFor } from './tokens';

/** The demo, listening on a free port. */
export interface Demo {
  readonly app: INestApplication;
  /** Where `http://` and `ws://` URLs go on after the scheme. */
  readonly address: string;
  /** Requests with a token, or, without one, with none. */
  readonly api: (token?: string) => Api;
  /** An authenticated client in these rooms. */
  readonly connect: (userId: string, rooms?: string[]) => Promise<TestClient>;
  readonly close: () => Promise<void>;
}

type Method = 'get' | 'post' | 'patch' | 'delete';

/** An answer as a test reads it; a list stands in `body` as it is. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

export type Api = {
  readonly [M in Method]: (path: string, body?: object, headers?: Record<string, string>) => Promise<Answer>;
};

const running: Demo[] = [];
const directory = temporaryDirectory();
let demos = 0;

/** Starts the demo with these environment variables. Frames are not limited, and the port is a free one, unless they say so. */
export async function demo(variables: Record<string, string> = {}): Promise<Demo> {
  const free = { PORT: '0', RATE_PER_SECOND: '1000000', RATE_BURST: '1000000' };
  const DATA_DIR = join(directory, String(++demos));
  const environment = readEnvironment({ JWT_SECRET: SECRET, DATA_DIR, ...free, ...variables });
  const app = await createApplication(environment, { logger: new TestLogger(), abortOnError: false });
  await app.listen(environment.PORT, '127.0.0.1');
  const started = toDemo(app);
  running.push(started);
  return started;
}

/** Stops what a test started. */
export async function stopDemos(): Promise<void> {
  for (const each of running.splice(0)) await each.close();
}

function toDemo(app: INestApplication): Demo {
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  const address = `127.0.0.1:${port}`;
  const clients: TestClient[] = [];
  return {
    app,
    address,
    api: (token) => toApi(`http://${address}/api/`, token),
    async connect(userId, rooms = []) {
      const query = new URLSearchParams(rooms.map((room): [string, string] => ['room', room]));
      const headers = { authorization: `Bearer ${tokenFor(userId)}` };
      const client = await TestClient.open(`ws://${address}/ws?${query.toString()}`, { headers });
      clients.push(client);
      await client.next('auth_success');
      for (const room of rooms) expect((await client.next('room_joined')).data.room).toBe(room);
      return client;
    },
    async close() {
      for (const client of clients) client.drop();
      await app.close();
    },
  };
}

function toApi(base: string, token: string | undefined): Api {
  const agent = request.agent(base);
  if (token !== undefined) agent.auth(token, { type: 'bearer' });
  const method =
    (name: Method) =>
    async (path: string, body?: object, headers: Record<string, string> = {}) =>
      (await agent[name](path).set(headers).send(body)) as Answer;
  return { get: method('get'), post: method('post'), patch: method('patch'), delete: method('delete') };
}
