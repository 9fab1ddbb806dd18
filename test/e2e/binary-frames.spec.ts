import { decode, encode } from '@msgpack/msgpack';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { MAX_DATA_DEPTH } from '../../src/protocol/frame-bounds';
import type { ServerFrame } from '../../src/protocol/frames';
import { knock } from '../support/raw-socket';
import { realtime, Realtime, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';

afterEach(stopAll);

const ON = { messagePack: { enabled: true } };

/** A client of the MessagePack subprotocol. */
class BinaryClient {
  readonly frames: ServerFrame[] = [];
  #arrived: () => void = () => undefined;

  constructor(readonly ws: WebSocket) {
    ws.on('message', (bytes: Buffer, binary) => {
      if (!binary) throw new Error('a text frame came over the binary subprotocol');
      this.frames.push(decode(bytes) as ServerFrame);
      this.#arrived();
    });
  }

  static async open({ url }: Realtime, userId: string): Promise<BinaryClient> {
    const protocols = ['realtime.v1.msgpack', `bearer.${tokenFor(userId)}`];
    const ws = new WebSocket(url, protocols);
    const client = new BinaryClient(ws);
    await once(ws, 'open');
    await client.next('auth_success');
    return client;
  }

  send(frame: unknown): void {
    this.ws.send(encode(frame));
  }

  async next(type: string): Promise<ServerFrame> {
    for (;;) {
      const at = this.frames.findIndex((frame) => frame.type === type);
      if (at >= 0) return this.frames.splice(at, 1)[0];
      await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
  }
}

describe('the subprotocol realtime.v1.msgpack', () => {
  it('carries the same frames as JSON does, live and replayed', async () => {
    const module = await realtime(ON);
    const alice = await BinaryClient.open(module, 'alice');
    const bob = await module.connect('bob');
    expect(alice.ws.protocol).toBe('realtime.v1.msgpack');

    alice.send({ type: 'join_room', data: { room: 'project:1' }, message_id: 'j1' });
    const joined = await alice.next('room_joined');
    expect(joined).toMatchObject({ reply_to: 'j1', data: { room: 'project:1', recovered: false, replayed: 0 } });
    await bob.join('project:1');
    await module.events.emit('task.created', { title: 'schön 🎉', n: 1.5 }, { room: 'project:1' });
    const live = await alice.next('task.created');
    expect(live).toEqual(await bob.next('task.created'));

    const { epoch } = joined.data as { epoch: string };
    alice.send({ type: 'join_room', data: { room: 'project:1', since: { epoch, offset: 0 } }, message_id: 'j2' });
    expect(await alice.next('room_joined')).toMatchObject({ data: { recovered: true, replayed: 1 } });
    expect(await alice.next('task.created')).toEqual(live);
  });

  it('answers what is no frame as JSON would', async () => {
    const module = await realtime(ON);
    const alice = await BinaryClient.open(module, 'alice');
    const refused = async (frame: unknown): Promise<unknown> => {
      alice.send(frame);
      return ((await alice.next('error')).data as { code: string }).code;
    };
    expect(await refused('ping')).toBe('invalid_message');
    expect(await refused({ type: 'ping', data: { bytes: new Uint8Array(3) } })).toBe('invalid_message');
    expect(await refused({ type: 'ping', data: { at: new Date() } })).toBe('invalid_message');
    expect(await refused({ type: 'ping', data: { n: Infinity } })).toBe('invalid_message');
    alice.send({ type: 'ping', data: { n: 1 }, message_id: 'p' });
    expect(await alice.next('pong')).toMatchObject({ reply_to: 'p', data: { n: 1 } });
  });

  it('carries the deepest data that an application may emit', async () => {
    const module = await realtime(ON);
    const alice = await BinaryClient.open(module, 'alice');
    let data: unknown = 1;
    for (let level = 0; level < MAX_DATA_DEPTH; level++) data = level % 2 ? [data] : { inner: data };
    await module.events.emit('task.created', data, { user: 'alice' });
    expect((await alice.next('task.created')).data).toEqual(data);
  });

  it('refuses a frame that is nested too deep, or no MessagePack', async () => {
    const module = await realtime(ON);
    const alice = await BinaryClient.open(module, 'alice');
    alice.ws.send(Buffer.concat([Buffer.alloc(100_000, 0x91), Buffer.from([0xc0])]));
    expect(await alice.next('error')).toMatchObject({ data: { code: 'invalid_message' } });
    alice.ws.send(Buffer.from([0xc1]));
    expect(await alice.next('error')).toMatchObject({ data: { code: 'invalid_message' } });
  });

  it('refuses what would be too long as JSON, which the other members of a room get', async () => {
    const module = await realtime({ ...ON, connections: { maxMessageBytes: 4096 } });
    const alice = await BinaryClient.open(module, 'alice');
    const said = (length: number) => alice.send({ type: 'ping', data: { text: '\u0001'.repeat(length) } });
    said(600);
    await alice.next('pong');
    said(700);
    expect(await alice.next('error')).toMatchObject({
      data: { code: 'invalid_message', message: 'As JSON the frame would be longer than 4096 bytes.' },
    });
  });

  it('is a name that the server does not know, unless it is turned on', async () => {
    const chosen = async (port: number, offered: string) => {
      const headers = { 'Sec-WebSocket-Protocol': `${offered}, bearer.${tokenFor('alice')}` };
      const { status, headers: answered } = await knock(port, { headers });
      return [status, answered['sec-websocket-protocol']];
    };
    const { port } = await realtime();
    expect(await chosen(port, 'realtime.v1.msgpack, realtime.v1.json')).toEqual([101, 'realtime.v1.json']);
    expect(await chosen(port, 'realtime.v1.msgpack')).toEqual([101, undefined]);
    const on = await realtime(ON);
    expect(await chosen(on.port, 'realtime.v1.msgpack, realtime.v1.json')).toEqual([101, 'realtime.v1.msgpack']);
  });

  it('takes no text frames', async () => {
    const alice = await BinaryClient.open(await realtime(ON), 'alice');
    alice.ws.send('{"type":"ping"}');
    const [code] = (await once(alice.ws, 'close')) as [number];
    expect(code).toBe(1003);
  });
});
