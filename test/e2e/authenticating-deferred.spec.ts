import { Authenticator, Identity, PresentedCredential, RealtimeError } from '../../src';
import { clientFrame, RawSocket, upgradeRequest } from '../support/raw-socket';
import { realtime, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';

afterEach(stopAll);

const KIB = 1024;
/** Everything that has been resolved by now has been acted upon. */
const aTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Answers only when the test says so. */
class Gate extends Authenticator {
  readonly asked: PresentedCredential[] = [];
  #open!: () => void;
  readonly opened = new Promise<void>((resolve) => (this.#open = resolve));

  override async authenticate(presented: PresentedCredential): Promise<Identity> {
    this.asked.push(presented);
    await this.opened;
    return { userId: presented.token, roles: [] };
  }

  open(): void {
    this.#open();
  }
}

describe('authenticating with the first frame', () => {
  it('is asked for, and answered with who and what the client now is', async () => {
    const { open } = await realtime({
      auth: { deferredTimeoutMs: 7_000 },
      heartbeat: { intervalMs: 20_000, timeoutMs: 50_000 },
      connections: { maxMessageBytes: 100_000 },
    });
    const client = await open();
    const required = await client.next('auth_required');
    expect(required).toEqual({
      type: 'auth_required',
      data: { timeout_ms: 7_000 },
      message_id: expect.any(String) as string,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
    });
    const token = tokenFor('alice');
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()) as { exp: number };
    expect(await client.request('authenticate', { token }, 'a1')).toEqual({
      type: 'auth_success',
      data: {
        connection_id: expect.stringMatching(/^[\w-]{21}$/) as string,
        user_id: 'alice',
        expires_at: new Date(exp * 1000).toISOString(),
        heartbeat_ms: 20_000,
        max_message_bytes: 100_000,
      },
      message_id: expect.any(String) as string,
      timestamp: expect.any(String) as string,
      reply_to: 'a1',
    });
    expect(client.frames.map(({ type }) => type)).toEqual(['auth_required', 'auth_success']);
    const status = await client.request<'status'>('status');
    expect(status.data.user_id).toBe('alice');
  });

  it('lets a client without a name do nothing but ping and authenticate', async () => {
    const { open } = await realtime();
    const client = await open();
    expect((await client.request('ping', { n: 1 })).data).toEqual({ n: 1 });
    const commands = ['echo', 'status', 'join_room', 'chat', 'history', 'broadcast', 'auth_success', 'nonsense', ''];
    for (const type of commands) {
      expect(await client.refusal(type, { room: 'project:1' })).toMatchObject({
        code: 'unauthorized',
        retryable: false,
      });
    }
    expect((await client.refusal('authenticate')).code).toBe('validation_failed');
    expect((await client.refusal('authenticate', { token: 5 })).code).toBe('validation_failed');
    expect((await client.refusal('authenticate', { token: tokenFor('a'), user_id: 'b' })).code).toBe(
      'validation_failed',
    );
    expect((await client.request('authenticate', { token: tokenFor('alice') })).type).toBe('auth_success');
  });

  it('handles what was sent behind the token after it, in order', async () => {
    const { open } = await realtime();
    const client = await open('?room=lobby');
    client.send('status', undefined, 'before');
    client.send('authenticate', { token: tokenFor('alice') }, 'token');
    client.send('chat', { room: 'lobby', text: 'hi' }, 'first');
    client.send('status', undefined, 'second');
    await client.next('status');
    expect(client.frames.map(({ type, reply_to }) => [type, reply_to])).toEqual([
      ['auth_required', undefined],
      ['error', 'before'],
      ['auth_success', 'token'],
      ['room_joined', undefined],
      ['chat', undefined],
      ['ack', 'first'],
      ['status', 'second'],
    ]);
  });

  it('answers a bad token with auth_failed and closes with 4501', async () => {
    const { open, log } = await realtime();
    const client = await open();
    client.send('authenticate', { token: `${tokenFor('alice')}x` }, 'bad');
    client.send('authenticate', { token: tokenFor('alice') }, 'never handled');
    const failed = await client.next('auth_failed');
    expect(failed.data).toEqual({ code: 'unauthorized', message: 'The token is refused: it is not valid.' });
    expect(failed.reply_to).toBe('bad');
    expect(await client.closed).toEqual({ code: 4501, reason: 'unauthorized' });
    expect(client.frames.map(({ type }) => type)).toEqual(['auth_required', 'auth_failed']);
    expect(log.of('error')).toEqual([]);
  });

  it('closes with 4501 when the time is over, whatever else was sent', async () => {
    const { open } = await realtime({ auth: { deferredTimeoutMs: 300 } });
    const before = Date.now();
    const client = await open();
    const busy = setInterval(() => client.send('ping'), 50);
    expect((await client.closed).code).toBe(4501);
    clearInterval(busy);
    expect(Date.now() - before).toBeGreaterThanOrEqual(300);
  });

  it('closes with 4501 in time though the authenticator hangs, and takes no late answer', async () => {
    const authenticator = new Gate();
    const { open, connections } = await realtime({ auth: { authenticator, deferredTimeoutMs: 300 } });
    const client = await open();
    client.send('authenticate', { token: 'alice' });
    expect((await client.closed).code).toBe(4501);
    authenticator.open();
    await aTurn();
    expect(connections.ofUser('alice').size).toBe(0);
  });

  it('closes a client that is verified, but whose frame was given up before', async () => {
    const authenticator = new Gate();
    const { open, connections } = await realtime({
      auth: { authenticator, deferredTimeoutMs: 60_000 },
      inbox: { handlerTimeoutMs: 100 },
    });
    const client = await open();
    expect((await client.refusal('authenticate', { token: 'alice' })).code).toBe('processing_error');
    authenticator.open();
    await client.settled();
    expect((await client.refusal('status')).code).toBe('unauthorized');
    expect(connections.ofUser('alice').size).toBe(0);
  });

  it('tells a client whose token cannot be verified now to try again, and keeps it', async () => {
    let down = true;
    class Flaky extends Authenticator {
      override authenticate(): Identity {
        if (down) throw new RealtimeError('unavailable', 'The session store is down.');
        return { userId: 'alice', roles: [] };
      }
    }
    const { open } = await realtime({ auth: { authenticator: new Flaky() } });
    const client = await open();
    expect(await client.refusal('authenticate', { token: 't' })).toEqual({
      code: 'unavailable',
      message: 'The session store is down.',
      retryable: true,
    });
    down = false;
    const { data } = await client.request<'auth_success'>('authenticate', { token: 't' });
    expect(data.expires_at).toBeNull();
  });
});

describe('a frame of a client without a name', () => {
  it('may be 4 KiB long, and closes with 1009 above that', async () => {
    const { open } = await realtime();
    const ping = (bytes: number) => JSON.stringify({ type: 'ping', data: { pad: 'x'.repeat(bytes - 33) } });
    expect(ping(4 * KIB)).toHaveLength(4 * KIB);
    const client = await open();
    for (let i = 0; i < 3; i++) {
      client.raw(ping(4 * KIB));
      await client.next('pong');
    }
    client.raw(ping(4 * KIB + 1));
    expect((await client.closed).code).toBe(1009);
  });

  const partly = clientFrame('x'.repeat(5_000), { declared: 400_000 });
  const fragment = clientFrame('x'.repeat(500), { opcode: 0, final: false });
  it.each([
    ['alone', [partly]],
    ['behind a whole one', [clientFrame('{"type":"ping"}'), partly]],
    ['of many fragments', [clientFrame('x', { final: false }), ...Array<Buffer>(10).fill(fragment)]],
  ])('is not held until it is whole: %s', async (_, frames) => {
    const { port } = await realtime();
    const raw = await RawSocket.open(port);
    raw.write(upgradeRequest());
    await raw.frames(1);
    raw.write(Buffer.concat(frames));
    expect(await raw.closeCode()).toBe(1009);
    await raw.ended;
  });

  it('is thrown away once the connection closes', async () => {
    const { port, connections } = await realtime({ auth: { deferredTimeoutMs: 100 } });
    const raw = await RawSocket.open(port);
    raw.write(upgradeRequest());
    expect(await raw.closeCode()).toBe(4501);
    const [connection] = connections;
    raw.write(clientFrame('x'.repeat(300_000), { declared: 400_000 }));
    await raw.ended;
    expect(connection['socket'].listenerCount('data')).toBe(0);
    raw.socket.end();
  });

  it('does not count pings and pongs as the beginning of a long frame', async () => {
    const { port } = await realtime();
    const raw = await RawSocket.open(port);
    raw.write(upgradeRequest());
    const control = Buffer.concat([clientFrame('p'.repeat(125), { opcode: 9 }), clientFrame('q', { opcode: 10 })]);
    for (let i = 0; i < 40; i++) raw.write(control);
    raw.write(clientFrame(JSON.stringify({ type: 'ping', message_id: 'last' })));
    expect((await raw.frames(2))[1]).toMatchObject({ type: 'pong', reply_to: 'last' });
    raw.socket.destroy();
  });

  it('is bounded by what it unpacks to where frames are compressed, and what is packed is bounded, too', async () => {
    const { open, port } = await realtime({ compression: { enabled: true } });
    const client = await open('', { perMessageDeflate: { threshold: 0 } });
    expect(client.ws.extensions).toBe('permessage-deflate');
    const notes = Array.from({ length: 200 }, (_, n) => ({ type: 'ping', data: { n, pad: 'x'.repeat(3_000) } }));
    for (const note of notes) client.raw(JSON.stringify(note));
    for (const { data } of notes) expect((await client.next('pong')).data).toEqual(data);
    client.send('ping', { pad: 'x'.repeat(5_000) });
    expect((await client.closed).code).toBe(1009);

    const raw = await RawSocket.open(port);
    raw.write(upgradeRequest({ headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate' } }));
    await raw.frames(1);
    raw.write(clientFrame('x'.repeat(200_000), { declared: 400_000 }));
    expect(await raw.closeCode()).toBe(1009);
    raw.socket.destroy();
  });
});
