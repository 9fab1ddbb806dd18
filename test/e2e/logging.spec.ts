import { ConsoleLogger } from '@nestjs/common';
import { ConnectedSocket, SubscribeMessage } from '@nestjs/websockets';
import { createHmac } from 'node:crypto';
import { Connection, RealtimeGateway, RoomPolicy } from '../../src';
import { LogEntry } from '../../src/logging/log-entry';
import { clientFrame, knock, RawSocket, upgradeRequest } from '../support/raw-socket';
import { Realtime, realtime, stopAll } from '../support/realtime';
import { SECRET, tokenFor } from '../support/tokens';

afterEach(stopAll);

/** Stands in all that clients say. */
const TEXT = 'the text of a message';

class Members extends RoomPolicy {
  can(_: unknown, __: unknown, room: string): boolean {
    return !room.includes('closed');
  }
}

function badTokens(): string[] {
  const [header, payload] = tokenFor('mallory').split('.');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const late = tokenFor('mallory', { expiresIn: -10 });
  const listed = `${header}.${Buffer.from('["mallory"]').toString('base64url')}`;
  const signed = `${listed}.${createHmac('sha256', SECRET).update(listed).digest('base64url')}`;
  return [`${header}.${payload}.forgedsignature`, `${none}.${payload}.`, late, signed, 'no-token-at-all'];
}

/** Every place a token can stand in, with each bad one. */
async function knockWith(port: number, token: string): Promise<void> {
  const requests = [
    { headers: { Authorization: `Bearer ${token}` } },
    { headers: { 'Sec-WebSocket-Protocol': `realtime.v1.json, bearer.${token}` } },
    { headers: { Cookie: `access_token=${token}`, Origin: 'http://127.0.0.1' } },
    { target: `/ws?token=${token}` },
    { target: `/nowhere?token=${token}` },
    { target: `//evil/ws?token=${token}` },
    { target: `/ws?token=${token}`, headers: { Host: 'bad host' } },
    { target: `/ws?token=${token}`, headers: { Origin: 'https://evil.example' } },
    { target: `/ws?token=${token}`, method: 'POST' },
    { target: `/ws?token=${token}&token=${token}` },
    { target: `/ws?token=${token}`, headers: { Upgrade: undefined, Connection: 'close' } },
  ];
  const answers = await Promise.all(requests.map((request) => knock(port, request)));
  for (const { status } of answers) expect(status).toBeGreaterThanOrEqual(400);
  const raw = await RawSocket.open(port);
  raw.write(upgradeRequest({ target: `/ws?token=${token}`, headers: { Host: 'bad host' } })).reset();
  await raw.ended;
}

async function authenticateWith(node: Realtime, token: string): Promise<void> {
  const client = await node.open();
  client.send('authenticate', { token });
  expect((await client.closed).code).toBe(4501);
}

/** All that a client with a good token can do wrong. */
async function misbehave(node: Realtime): Promise<void> {
  const mallory = await node.connect('mallory', { query: '?room=project:closed&room=bad room&project_id=1' });
  const wrong: [string, unknown][] = [
    [`${TEXT}?`, {}],
    ['nonsense', { text: TEXT }],
    ['chat', { room: 'project:1', text: TEXT.repeat(400) }],
    ['chat', { room: 'project:1', text: `${TEXT}\u0000` }],
    ['chat', { room: `${TEXT}; drop table chat_messages`, text: TEXT }],
    ['chat', { room: 'project:9', text: TEXT }],
    ['chat', { room: 'project:1', text: { evil: TEXT } }],
    ['chat_edit', { room: 'project:1', id: 'of somebody else', text: TEXT }],
    ['join_room', { room: 'project:closed' }],
    ['join_room', { room: 'channel:none', password: TEXT }],
    ['broadcast', { event: 'all.hear', data: { TEXT } }],
    ['history', { room: 'project:1', before: TEXT }],
    ['authenticate', { token: tokenFor('alice') }],
    ['authenticate', { token: 'no.good.token' }],
  ];
  for (const [type, data] of wrong) expect((await mallory.request(type, data)).type).toMatch(/^error|auth_failed$/);
  for (const bytes of [`{"type":"chat","data":{"text":"${TEXT}"`, `"${TEXT}"`, '[]']) mallory.raw(bytes);
  await mallory.settled();
  expect((await mallory.request('chat', { room: 'project:1', text: TEXT })).type).toBe('ack');
}

/** Frames that end their connection. */
async function breakTheProtocol(port: number): Promise<void> {
  const frames = [
    clientFrame(TEXT, { opcode: 3 }),
    clientFrame(TEXT, { opcode: 2 }),
    clientFrame(Buffer.from([0xff, 0xfe])),
    clientFrame(TEXT, { declared: 2 ** 40 }),
    Buffer.from([0x81, TEXT.length, ...Buffer.from(TEXT)]),
  ];
  const breakWith = async (frame: Buffer): Promise<void> => {
    const raw = await RawSocket.open(port);
    raw.write(upgradeRequest({ headers: { Authorization: `Bearer ${tokenFor('mallory')}` } }));
    await raw.frames(1);
    // The close that follows answers the server's, where it waits for one.
    raw.write(frame).write(clientFrame('', { opcode: 8 }));
    await raw.ended;
    raw.socket.destroy();
  };
  await Promise.all(frames.map(breakWith));
}

async function flood(node: Realtime): Promise<void> {
  const mallory = await node.connect('mallory');
  for (let n = 0; n < 200; n++) mallory.send('echo', { text: TEXT });
  expect((await mallory.closed).code).toBe(4029);
}

describe('the log', () => {
  it('holds nothing above debug for what clients do wrong, and neither their tokens nor their words', async () => {
    const rateLimit = { perSecond: 1, burst: 60, disconnectAfterRefusals: 50 };
    const node = await realtime({ limited: true, rateLimit, policy: new Members() });
    const atBoot = node.log.lines.length;
    const tokens = badTokens();
    for (const token of tokens) {
      await knockWith(node.port, token);
      await authenticateWith(node, token);
    }
    await knockWith(node.port, `${tokenFor('mallory')}x`);
    await misbehave(node);
    await breakTheProtocol(node.port);
    await flood(node);
    await (await node.connect('alice')).settled();
    const said = node.log.lines.slice(atBoot);
    expect(said.filter(({ level }) => level !== 'debug')).toEqual([]);
    const secrets = [TEXT, SECRET, 'token=', 'Bearer', 'password', ...tokens.map((token) => token.slice(0, 40))];
    const text = said.map((line) => line.text).join('\n');
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+/);
    // What broke the protocol is told to whoever looks for it, and by whom it was.
    const broken = said.filter((line) => /\(connection [\w-]{21}, user mallory\) RealtimeModule$/.test(line.text));
    expect(broken).toHaveLength(4);
  }, 60_000);

  it('names the connection and the user where the server is at fault', async () => {
    @RealtimeGateway()
    class Faulty {
      handleDisconnect() {
        throw new Error('the farewell failed');
      }

      @SubscribeMessage('fail')
      fail(@ConnectedSocket() _: Connection) {
        throw new TypeError('the cake is a lie');
      }

      @SubscribeMessage('hang')
      hang() {
        return new Promise(() => undefined);
      }
    }
    const node = await realtime({ host: { providers: [Faulty] }, inbox: { handlerTimeoutMs: 100 } });
    const alice = await node.connect('alice');
    const [{ id }] = node.connections;
    expect((await alice.refusal('fail', { text: TEXT })).code).toBe('processing_error');
    expect((await alice.refusal('hang', { text: TEXT })).code).toBe('processing_error');
    await alice.close();
    await stopAll();
    const errors = node.log.of('error');
    expect(errors).toHaveLength(3);
    const whom = `(connection ${id}, user alice)`;
    expect(errors[0]).toContain(`Faulty.fail failed: TypeError: the cake is a lie ${whom}`);
    expect(errors[0]).toContain('logging.spec.ts:');
    expect(errors[1]).toContain(`A handler of "hang" took longer than 100 ms ${whom}`);
    expect(errors[2]).toContain(`handleDisconnect failed ${whom}`);
    expect(node.log.text).not.toContain(TEXT);
  });

  it('has them as fields for a logger that writes JSON', async () => {
    const entries: unknown[] = [];
    class Collecting extends ConsoleLogger {
      override error(...words: unknown[]): void {
        entries.push(words[0]);
      }
    }
    @RealtimeGateway()
    class Faulty {
      @SubscribeMessage('fail')
      fail(@ConnectedSocket() _: Connection) {
        throw new TypeError('the cake is a lie');
      }
    }
    const configure = (app: Realtime['app']) => app.useLogger(new Collecting({ json: true, logLevels: ['error'] }));
    const node = await realtime({ host: { providers: [Faulty] }, configure });
    const alice = await node.connect('alice');
    await alice.refusal('fail');
    const [{ id }] = node.connections;
    expect(entries).toEqual([expect.any(LogEntry)]);
    expect(JSON.parse(JSON.stringify(entries[0]))).toEqual({
      message: 'Faulty.fail failed: TypeError: the cake is a lie',
      connection_id: id,
      user_id: 'alice',
    });
  });
});
