import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Controller, Get } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import { once } from 'node:events';
import { Connection, RealtimeGateway } from '../../src';
import { clientFrame, knock, RawSocket, upgradeRequest } from '../support/raw-socket';
import { realtime, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';

afterEach(stopAll);

@Controller('ws-like')
class Neighbour {
  @Get()
  get() {
    return { still: 'there' };
  }
}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('the endpoint under %s', (_, http) => {
  it.each(['/ws', '/ws/connect', '/ws?room=lobby', '/ws/connect?token='])(
    'answers GET %s without Upgrade with 426',
    async (path) => {
      const { port } = await realtime({ http: http() });
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      expect([response.status, await response.json()]).toEqual([
        426,
        { code: 'upgrade_required', message: 'This is a WebSocket endpoint.' },
      ]);
      expect(response.headers.get('upgrade')).toBe('websocket');
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('answers %s with 405', async (method) => {
    const { port } = await realtime({ http: http() });
    const response = await fetch(`http://127.0.0.1:${port}/ws`, { method });
    expect([response.status, await response.json()]).toEqual([
      405,
      { code: 'method_not_allowed', message: `Connect with GET, got ${method}.` },
    ]);
    expect(response.headers.get('allow')).toBe('GET');
  });

  it('answers another method than GET with 405 also when it asks for an upgrade', async () => {
    const { port } = await realtime({ http: http() });
    for (const method of ['POST', 'OPTIONS', 'HEAD']) {
      expect(await knock(port, { method, headers: { authorization: `Bearer ${tokenFor('alice')}` } })).toMatchObject({
        status: 405,
        headers: { allow: 'GET' },
        body: { code: 'method_not_allowed', message: `Connect with GET, got ${method}.` },
      });
    }
  });

  it('lets clients in on its path and its alias, and leaves other paths to the host', async () => {
    const { port, connect } = await realtime({ http: http(), host: { controllers: [Neighbour] } });
    const alice = await connect('alice');
    await alice.settled();
    const headers = { authorization: `Bearer ${tokenFor('alice')}` };
    expect((await knock(port, { target: '/ws/connect', headers })).status).toBe(101);
    const response = await fetch(`http://127.0.0.1:${port}/ws-like`);
    expect([response.status, await response.json()]).toEqual([200, { still: 'there' }]);
    for (const target of ['/', '/ws/', '/WS', '/ws/connect/x', '/ws-like', '/ws;x', '/%77s']) {
      expect(await knock(port, { target, headers })).toMatchObject({
        status: 404,
        body: { code: 'not_found', message: 'There is no WebSocket endpoint here. Try /ws.' },
      });
    }
  });

  it('is where the path option says', async () => {
    const { port } = await realtime({ http: http(), path: '/live/v1' });
    expect((await knock(port, { target: '/live/v1' })).status).toBe(101);
    expect((await knock(port, { target: '/live/v1/connect' })).status).toBe(101);
    expect((await knock(port, { target: '/ws' })).body).toMatchObject({
      message: 'There is no WebSocket endpoint here. Try /live/v1.',
    });
    expect((await fetch(`http://127.0.0.1:${port}/live/v1`)).status).toBe(426);
    expect((await fetch(`http://127.0.0.1:${port}/ws`)).status).toBe(404);
  });
});

describe('connecting', () => {
  it('begins with auth_success, of exactly these fields', async () => {
    const { open } = await realtime();
    const client = await open(`?room=lobby&token=${tokenFor('alice')}`);
    await client.next('room_joined');
    const [first] = client.frames;
    expect(first.type).toBe('auth_success');
    expect(Object.keys(first)).toEqual(['type', 'data', 'message_id', 'timestamp']);
    expect(first.data).toEqual({
      connection_id: expect.stringMatching(/^[\w-]{21}$/) as string,
      user_id: 'alice',
      expires_at: expect.stringMatching(/\.000Z$/) as string,
      heartbeat_ms: 30_000,
      max_message_bytes: 512 * 1024,
    });
  });

  it('greets in the same write as the 101', async () => {
    const { port } = await realtime();
    const raw = await RawSocket.open(port);
    raw.write(upgradeRequest({ headers: { Authorization: `Bearer ${tokenFor('alice')}` } }));
    const [first] = (await once(raw.socket, 'data')) as [Buffer];
    expect(first.toString('latin1')).toMatch(/^HTTP\/1\.1 101 [^]*"type":"auth_success"/);
    raw.socket.destroy();
  });

  it('chooses the subprotocol the client offers, or none', async () => {
    const { port } = await realtime();
    const chosen = async (offered?: string) =>
      (await knock(port, { headers: { 'Sec-WebSocket-Protocol': offered } })).headers['sec-websocket-protocol'];
    expect(await chosen('realtime.v1.json')).toBe('realtime.v1.json');
    expect(await chosen('other, realtime.v1.json')).toBe('realtime.v1.json');
    expect(await chosen('other')).toBeUndefined();
    expect(await chosen()).toBeUndefined();
  });

  it('joins the rooms of the query, each answered, in their order', async () => {
    const { open } = await realtime({ rooms: { maxPerConnection: 4 } });
    const wanted = 'room=lobby&project_id=42&board_id=7&room=chat:1&room=user:bob&room=%20&project_id=43&room=one-more';
    const client = await open(`?${wanted}&token=${tokenFor('alice')}`);
    await client.settled();
    const answers = client.frames.slice(1, -1);
    expect(answers.map(({ type, data, reply_to }) => [type, data.room ?? data.code, reply_to])).toEqual([
      ['room_joined', 'project:42', undefined],
      ['room_joined', 'project:43', undefined],
      ['room_joined', 'board:7', undefined],
      ['room_joined', 'lobby', undefined],
      ['error', 'limit_exceeded', undefined],
    ]);
    expect(answers[0].data).toEqual({
      room: 'project:42',
      epoch: expect.any(String) as string,
      offset: 0,
      recovered: false,
      replayed: 0,
    });
    expect((await client.request<'status'>('status')).data.rooms).toEqual([
      'project:42',
      'project:43',
      'board:7',
      'lobby',
    ]);
  });

  it('answers a room of the query that may not be joined with an error', async () => {
    const { open } = await realtime();
    const client = await open(`?room=user:bob&room=%2Fetc&room=lobby&project_id=__proto__&token=${tokenFor('alice')}`);
    await client.settled();
    const answers = client.frames.slice(1, -1).map(({ data }) => data.room ?? data.code);
    expect(answers).toEqual(['project:__proto__', 'forbidden', 'validation_failed', 'lobby']);
  });

  it('joins the rooms of the query after deferred authentication, too', async () => {
    const { open, events } = await realtime();
    const client = await open('?project_id=42');
    await client.next('auth_required');
    await events.emit('task.created', { n: 1 }, { room: 'project:42' });
    client.send('authenticate', { token: tokenFor('alice') });
    expect((await client.next('room_joined')).data).toMatchObject({ room: 'project:42', offset: 1, recovered: false });
    await events.emit('task.created', { n: 2 }, { room: 'project:42' });
    expect(await client.next('task.created')).toMatchObject({ offset: 2, data: { n: 2 } });
    expect(client.frames.map(({ type }) => type)).toEqual([
      'auth_required',
      'auth_success',
      'room_joined',
      'task.created',
    ]);
  });

  it('handles frames that came with the upgrade after the admission, in order', async () => {
    @RealtimeGateway()
    class Slow {
      readonly seen: string[] = [];
      async handleConnection(connection: Connection) {
        this.seen.push(`begins ${connection.userId}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
        this.seen.push('admitted');
      }
      @SubscribeMessage('note')
      note(_: Connection, { n }: { n: number }) {
        this.seen.push(`note ${n}`);
      }
    }
    const { port, app } = await realtime({ host: { providers: [Slow] } });
    const notes = Array.from({ length: 100 }, (_, n) => ({ type: 'note', data: { n }, message_id: `n${n}` }));
    const raw = await RawSocket.open(port);
    const request = upgradeRequest({ target: `/ws?room=lobby&token=${tokenFor('alice')}` });
    raw.write(Buffer.concat([Buffer.from(request), ...notes.map((note) => clientFrame(JSON.stringify(note)))]));
    const frames = await raw.frames(102);
    expect(frames.map(({ type, reply_to }) => reply_to ?? type)).toEqual([
      'auth_success',
      'room_joined',
      ...notes.map(({ message_id }) => message_id),
    ]);
    expect(app.get(Slow).seen).toEqual(['begins alice', 'admitted', ...notes.map((_, n) => `note ${n}`)]);
    raw.socket.destroy();
  });
});
