import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { RealtimeGateway } from '../../src';
import type { TestClient } from '../support/client';
import { clientFrame, knock, RawSocket, UpgradeRequest, upgradeRequest } from '../support/raw-socket';
import { Realtime, realtime, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';

const token = tokenFor('mallory');
const badHost = 'bad host';

/** What ought never to run: frames of clients that were not let in. */
@RealtimeGateway()
class Tripwire {
  tripped = 0;
  handleConnection() {
    this.tripped++;
  }
  @SubscribeMessage('trip')
  trip() {
    this.tripped++;
  }
}

/** The host's own gateway, served by Nest's own code. */
@WebSocketGateway({ path: '/theirs' })
class Theirs {
  @SubscribeMessage('hello')
  hello() {
    return { event: 'hello', data: 'there' };
  }
}

describe('a hostile handshake', () => {
  let server: Realtime;
  let alice: TestClient;
  let atBoot: number;
  let tripped: number;

  beforeAll(async () => {
    server = await realtime({ host: { providers: [Tripwire, Theirs] } });
    alice = await server.connect('alice');
    tripped = server.app.get(Tripwire).tripped;
    atBoot = server.log.lines.length;
  });
  afterEach(async () => {
    await alice.settled();
    expect(server.log.lines.slice(atBoot).filter(({ level }) => level !== 'debug')).toEqual([]);
    for (const secret of [token, 'room=', '/ws', 'Bearer']) expect(server.log.text).not.toContain(secret);
    expect(server.app.get(Tripwire).tripped).toBe(tripped);
  });
  afterAll(stopAll);

  const reset = async (request: UpgradeRequest, more: string | Buffer = '') => {
    const raw = await RawSocket.open(server.port);
    raw.write(upgradeRequest(request)).write(more);
    raw.reset();
    await raw.ended;
  };

  it.each<[string, UpgradeRequest]>([
    ['no token', {}],
    ['a bad token', { headers: { authorization: 'Bearer bad' } }],
    ['a broken Host', { headers: { Host: badHost } }],
    ['a broken Host and a path of nobody', { target: '/nobody', headers: { Host: badHost } }],
    ["a broken Host and a path of the host's", { target: '/theirs', headers: { Host: badHost } }],
    ['an odd target', { target: 'http://evil/ws' }],
    ['another method', { method: 'POST' }],
    ['a foreign origin', { headers: { Origin: 'http://evil' } }],
    ['a missing key', { headers: { 'Sec-WebSocket-Key': undefined } }],
  ])('of %s, reset at once and again and again, harms nobody', async (_, request) => {
    for (let i = 0; i < 10; i++) await reset(request, clientFrame('{"type":"trip"}'));
  });

  it.each([
    ['//x/ws', 400],
    ['//127.0.0.1/ws', 400],
    ['http://evil/ws', 400],
    ['http://127.0.0.1/ws', 400],
    ['*', 400],
    ['/ws%zz', 404],
    ['/ws%00', 404],
    ['/ws/../ws', 404],
    ['/./ws', 404],
    ['/ws\\connect', 404],
    ['/ws?%zz', 101],
    ['/ws?', 101],
    ['/ws?&&&==', 101],
    ['/ws?__proto__=1&constructor=2&room[]=x', 101],
    [`/ws?${'room=a&'.repeat(2_000)}`, 101],
    [`/ws?${'x'.repeat(20_000)}`, 431],
  ])('whose target is %s is answered %d', async (target, status) => {
    expect((await knock(server.port, { target })).status).toBe(status);
    expect(({} as Record<string, unknown>)['1']).toBeUndefined();
  });

  it.each<[string, UpgradeRequest['headers'], number]>([
    ['a broken Host', { Host: badHost }, 400],
    ['no Host', { Host: undefined }, 400],
    ['no key', { 'Sec-WebSocket-Key': undefined }, 400],
    ['a short key', { 'Sec-WebSocket-Key': 'abc' }, 400],
    ['two keys', { 'Sec-WebSocket-Key': ['dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ=='] }, 400],
    ['no version', { 'Sec-WebSocket-Version': undefined }, 400],
    ['a version to come', { 'Sec-WebSocket-Version': '14' }, 400],
    ['a version that is no number', { 'Sec-WebSocket-Version': 'x' }, 400],
    ['another upgrade', { Upgrade: 'h2c' }, 400],
    ['a subprotocol that is none', { 'Sec-WebSocket-Protocol': ',,' }, 400],
    ['an extension named constructor', { 'Sec-WebSocket-Extensions': 'constructor' }, 101],
    ['an extension named __proto__', { 'Sec-WebSocket-Extensions': '__proto__; x=1' }, 101],
    ['an extension with odd parameters', { 'Sec-WebSocket-Extensions': 'permessage-deflate; hasOwnProperty=1' }, 101],
    ['an extension that is none', { 'Sec-WebSocket-Extensions': ';;;,,"' }, 101],
    ['a cookie of nothing', { Cookie: ';;;=;access_token' }, 101],
    ['thousands of headers', Object.fromEntries(Array.from({ length: 1_500 }, (_, i) => [`x${i}`, '1'])), 101],
    ['too many headers', Object.fromEntries(Array.from({ length: 4_000 }, (_, i) => [`x${i}`, '1'])), 431],
    ['one very long header', { 'X-Pad': 'x'.repeat(20_000) }, 431],
    ['a header of control characters', { 'X-Pad': 'a\0b' }, 400],
  ])('with %s is answered', async (_, headers, status) => {
    expect((await knock(server.port, { headers })).status).toBe(status);
  });

  it('tells which versions it speaks', async () => {
    const { headers, body } = await knock(server.port, { headers: { 'Sec-WebSocket-Version': '7' } });
    expect(headers['sec-websocket-version']).toBe('13, 8');
    expect(body).toEqual({ code: 'bad_request', message: 'Missing or invalid Sec-WebSocket-Version header' });
  });

  it('has an answer with a reason for a broken Host', async () => {
    expect((await knock(server.port, { headers: { Host: badHost } })).body).toEqual({
      code: 'bad_request',
      message: 'The request target or the Host header is not valid.',
    });
  });

  it('never has its frames handled when its token is bad, however they come', async () => {
    const frames = Buffer.concat([clientFrame('{"type":"trip"}'), clientFrame('{"type":"ping","message_id":"p"}')]);
    const request = upgradeRequest({ target: '/ws?token=bad' });
    const inOnePacket = await RawSocket.open(server.port);
    inOnePacket.write(Buffer.concat([Buffer.from(request), frames]));
    expect((await inOnePacket.answer()).status).toBe(401);
    await inOnePacket.ended;
    expect(inOnePacket.text).not.toContain('pong');

    const insisting = await RawSocket.open(server.port);
    insisting.write(request);
    await insisting.answer();
    for (let i = 0; i < 50; i++) insisting.write(frames);
    await insisting.ended;
    expect(insisting.text).not.toContain('pong');
    insisting.socket.destroy();
  });

  it('never has its frames handled when nobody is behind them', async () => {
    const raw = await RawSocket.open(server.port);
    raw.write(Buffer.concat([Buffer.from(upgradeRequest()), clientFrame('{"type":"trip","message_id":"t"}')]));
    expect((await raw.frames(2)).map(({ type, data }) => data.code ?? type)).toEqual(['auth_required', 'unauthorized']);
    raw.reset();
  });

  it('behind another request on the same connection is answered like any other', async () => {
    const raw = await RawSocket.open(server.port);
    raw.write('GET /ws HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await raw.answer()).status).toBe(426);
    raw.text = '';
    raw.write(upgradeRequest({ target: '/ws?token=bad' }));
    expect((await raw.answer()).status).toBe(401);
    await raw.ended;
  });

  it('asks for extensions in vain, also where frames may be compressed', async () => {
    const { port } = await realtime({ compression: { enabled: true } });
    const asking = async (extensions: string) =>
      (await knock(port, { headers: { 'Sec-WebSocket-Extensions': extensions } })).status;
    expect(await asking('constructor')).toBe(101);
    expect(await asking('__proto__; a=1, toString')).toBe(101);
    expect(await asking('permessage-deflate; hasOwnProperty=1')).toBe(400);
    expect(await asking('permessage-deflate; server_max_window_bits=99')).toBe(400);
    expect(await asking(';;;,,"')).toBe(400);
  });

  it("leaves the host's own gateway as it is, and its clients' faults out of the log", async () => {
    const raw = await RawSocket.open(server.port);
    raw.write(upgradeRequest({ target: '/theirs' })).write(clientFrame('{"event":"hello"}'));
    expect(await raw.frames(1)).toEqual([{ event: 'hello', data: 'there' }]);
    raw.write(Buffer.from([0xff, 0xff]));
    expect(await raw.closeCode()).toBe(1002);
    raw.socket.destroy();
  });

  it('that only half closes is let go', async () => {
    const raw = await RawSocket.open(server.port);
    raw.write(upgradeRequest());
    await raw.frames(1);
    raw.socket.end();
    await raw.ended;
    const early = await RawSocket.open(server.port);
    early.socket.end(upgradeRequest({ target: '/ws?token=bad' }));
    await early.ended;
  });

  it('does not leave a connection, nor a count, behind', async () => {
    const { connections } = server;
    await new Promise<void>((resolve) => {
      const check = () => connections.size === 1 && resolve();
      connections.closed.subscribe(check);
      check();
    });
    expect(connections.countOfAddress('127.0.0.1')).toBe(1);
  });
});
