import { join } from 'node:path';
import { SqliteStorage } from '../../src/adapters/sqlite';
import { StreamPosition } from '../../src';
import { Received, TestClient } from '../support/client';
import { REGISTER } from '../support/cluster';
import { endPrograms, Program, temporaryDirectory } from '../support/program';
import { tokenFor } from '../support/tokens';
import { until } from '../support/until';

const PROGRAM = join(__dirname, '../support/chat-cluster.ts');
const ROOM = 'chat:lobby';
const WORKERS = 3;
const KILLS = 15;
const PATIENCE_MS = 20_000;
/** Users who send again what they have no answer for, and the one who goes on to the next thing. */
const PATIENT = ['alice', 'bob', 'carol', 'dave'];
const HASTY = 'erin';
const EACH = 400;
const ALL = (PATIENT.length + 1) * EACH;

jest.setTimeout(120_000);

const directory = temporaryDirectory();
const file = join(directory, 'chat.sqlite');
const killed = new Set<number>();
const acked = new Map<string, string>();
let tried = 0;
let resent = 0;
let program: Program;

let over = false;

afterAll(async () => {
  over = true;
  await endPrograms();
});

const living = () =>
  [...program.stdout.matchAll(/(\d+) listens on/g)].map(([, pid]) => Number(pid)).filter((pid) => !killed.has(pid));

/** Connects, as often as it takes: a connection that was just handed to a process that dies hears nothing any more. */
async function connect(user: string, since?: StreamPosition) {
  const [, port] = /listens on (\d+)/.exec(program.stdout)!;
  const headers = { authorization: `Bearer ${tokenFor(user)}` };
  for (const end = Date.now() + PATIENCE_MS; ;) {
    try {
      const client = await TestClient.open(`ws://127.0.0.1:${port}/ws`, { headers, handshakeTimeout: 300 });
      await client.next('auth_success');
      return { client, joined: await client.join(ROOM, since) };
    } catch (error) {
      if (over || Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** Says `user 0`, `user 1`, …; a patient one says each until it is acknowledged. */
async function talk(user: string, patient: boolean, mayGoOn: () => Promise<void>): Promise<void> {
  let { client } = await connect(user);
  for (let n = 0; n < EACH; n++) {
    await mayGoOn();
    tried++;
    for (let times = 0; !(await said(client, `${user} ${n}`)); times++) {
      ({ client } = await connect(user));
      if (!patient) break;
      resent += times === 0 ? 1 : 0;
    }
  }
  client.drop();
}

async function said(client: TestClient, text: string): Promise<boolean> {
  try {
    const reply = await client.request('chat', { room: ROOM, text }, text.replace(' ', '-'));
    if (reply.type === 'ack') acked.set(reply.data.id as string, text);
    return reply.type === 'ack';
  } catch {
    return false;
  }
}

/** Is in the room before anybody talks, follows it over every drop, and returns what it heard when it is told to end. */
async function listen() {
  const heard: Received<'chat'>[] = [];
  let client: TestClient;
  let ending = false;
  let joinedFirst!: () => void;
  const inTheRoom = new Promise<void>((resolve) => (joinedFirst = resolve));
  const follow = async (): Promise<void> => {
    let position: StreamPosition | undefined;
    while (!ending) {
      const { client: next, joined } = await connect('listener', position);
      expect(joined.recovered).toBe(position !== undefined);
      position = { epoch: joined.epoch, offset: joined.offset - joined.replayed };
      client = next;
      joinedFirst();
      await client.closed;
      for (const frame of client.frames.filter(({ type }) => type === 'chat') as Received<'chat'>[]) {
        heard.push(frame);
        position = { ...position, offset: frame.offset! };
      }
    }
  };
  const following = follow();
  let failure: Error | undefined;
  following.catch((error: Error) => (failure = error));
  const end = async () => {
    ending = true;
    client.drop();
    await following;
    return heard;
  };
  const heardNow = () => {
    if (failure) throw failure;
    return heard.length + client.frames.filter(({ type }) => type === 'chat').length;
  };
  await Promise.race([inTheRoom, following]);
  return { end, heardNow };
}

/** Kills a worker at a random moment of each of the stretches the talk is cut into. */
async function killAtRandom(stretch: (end: number) => void): Promise<void> {
  for (let kill = 1; kill <= KILLS; kill++) {
    await until(() => living().length >= WORKERS - 1, 'a new worker');
    const start = tried;
    const length = Math.ceil((ALL - start) / (KILLS - kill + 1));
    stretch(start + length);
    const moment = start + Math.floor(Math.random() * (length - 10));
    await until(() => tried >= moment, 'the moment');
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
    const workers = living();
    const pid = workers[Math.floor(Math.random() * workers.length)];
    killed.add(pid);
    process.kill(pid, 'SIGKILL');
  }
  stretch(Infinity);
}

describe('chat whose processes are killed', () => {
  it('keeps and delivers what it acknowledged, each message once and in order', async () => {
    program = new Program(process.execPath, ['--require', REGISTER, PROGRAM, file, String(WORKERS)]);
    await program.prints(/(\d+ listens on \d+\n){3}/);
    let end = 0;
    const mayGoOn = () => until(() => tried < end, 'the next stretch');
    const listener = await listen();
    const talking = [...PATIENT.map((user) => talk(user, true, mayGoOn)), talk(HASTY, false, mayGoOn)];
    await Promise.all([killAtRandom((to) => (end = to)), ...talking]);

    const { db } = new SqliteStorage({ file });
    const count = async (table: 'chat_messages' | 'chat_outbox') =>
      (await db.selectFrom(table).select('id').execute()).length;
    const left = await count('chat_outbox');
    await until(async () => (await count('chat_outbox')) === 0, 'the relay');
    await until(() => listener.heardNow() >= acked.size, 'the last message');
    const stored = await db.selectFrom('chat_messages').select(['id', 'text']).orderBy('seq').execute();
    await until(() => listener.heardNow() >= stored.length, 'the last message');
    const heard = await listener.end();
    console.log(
      `${ALL} messages, ${killed.size} kills: ${acked.size} acknowledged, ${resent} sent again, ${stored.length} stored, ` +
        `${heard.length} delivered, ${left} still to be published at the end`,
    );

    expect(killed.size).toBe(KILLS);
    // Everything stored was delivered, as it is, once, and nothing else.
    const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
    expect(heard.map(({ data: { id, text } }) => ({ id, text })).sort(byId)).toEqual([...stored].sort(byId));
    // Everything acknowledged was stored, under the id that was told.
    const kept = new Map(stored.map(({ id, text }) => [id, text]));
    for (const [id, text] of acked) expect([id, kept.get(id)]).toEqual([id, text]);
    // Nobody was cut short, and nothing was said twice.
    const expected = (user: string) => Array.from({ length: EACH }, (_, n) => `${user} ${n}`);
    const of = (user: string, texts: string[]) => texts.filter((text) => text.startsWith(`${user} `));
    for (const user of PATIENT) {
      expect(
        of(
          user,
          stored.map(({ text }) => text),
        ),
      ).toEqual(expected(user));
      expect(
        of(
          user,
          heard.map(({ data }) => data.text),
        ),
      ).toEqual(expected(user));
    }
    expect(new Set(stored.map(({ text }) => text)).size).toBe(stored.length);
    expect(heard.map(({ offset }) => offset)).toEqual(heard.map((_, n) => n + 1));
  });
});
