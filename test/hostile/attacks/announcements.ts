import { decode } from '@msgpack/msgpack';
import { WebSocket } from 'ws';
import type { ServerFrame } from '../../../src/protocol/frames';
import { tokenFor } from '../../support/tokens';

// MessagePack frames that announce far more than they hold, one connection for each. It prints the code of the error that
// answers each, or with which the connection is closed.

const [, , url, name] = process.argv;
const MAX = 512 * 1024;
const SOME = 16 * 1024;

const repeated = (hex: string, bytes: number): Buffer => Buffer.alloc(bytes, Buffer.from(hex, 'hex'));

const FRAMES = name
  ? [
      // Arrays in arrays, each of as many elements as the frame has bytes.
      repeated('dd0007ffff', MAX),
      // Objects of 262,143 keys, the first of which is empty and holds the next object.
      repeated('df0003ffffa0', SOME),
      // A text of 4 GiB, 33,554,431 empty arrays of which few are there, and bytes of a gigabyte.
      Buffer.concat([Buffer.from('dbffffffff', 'hex'), Buffer.alloc(SOME - 5, 0x61)]),
      Buffer.concat([Buffer.from('dd01ffffff', 'hex'), Buffer.alloc(SOME - 5, 0x90)]),
      Buffer.concat([Buffer.from('c640000000', 'hex'), Buffer.alloc(SOME - 5)]),
    ]
  : [repeated('dd01ffffff', 150)];

function send(frame: Buffer): void {
  const headers = name ? { authorization: `Bearer ${tokenFor(name)}` } : {};
  const socket = new WebSocket(url, ['realtime.v1.msgpack', 'realtime.v1.json'], { headers });
  const over = (code: string | number): void => {
    console.log(code);
    socket.removeAllListeners('close').terminate();
  };
  socket.on('error', () => undefined).on('close', over);
  socket.on('open', () => socket.send(frame));
  socket.on('message', (bytes: Buffer, binary) => {
    const { type, data } = (binary ? decode(bytes) : JSON.parse(bytes.toString())) as ServerFrame;
    if (type === 'error') over((data as { code: string }).code);
  });
}

for (const frame of FRAMES) send(frame);
