import { WebSocket } from 'ws';
import { tokenFor } from '../../support/tokens';

// JSON frames of 512 KiB that are cheap to send and dear to decode, over two connections of one user for three
// seconds, each connected again whenever it is closed.

const [, , url] = process.argv;
const headers = { authorization: `Bearer ${tokenFor('mallory')}` };
const end = Date.now() + 3_000;
const MAX = 512 * 1024;

/** A frame of the largest size whose data holds as many items as fit. */
function filled(open: string, item: (i: number) => string, close: string): string {
  const items: string[] = [];
  for (let left = MAX - 100, i = 0; left > 0; left -= items[i++].length + 1) items.push(item(i));
  return `{"type":"ping","data":{"a":${open}${items.slice(0, -1).join()}${close}}}`;
}

const FRAMES = [
  filled('[', () => '[]', ']'),
  filled('[', () => `${'['.repeat(50)}${']'.repeat(50)}`, ']'),
  filled('{', (i) => `"${i.toString(36)}":0`, '}'),
  filled('[', (i) => `{"${i.toString(36)}":0}`, ']'),
  filled('{', (i) => `"\\n${i.toString(36)}":{}`, '}'),
];

function attack(): void {
  if (Date.now() > end) return;
  const socket = new WebSocket(url, { headers });
  socket.on('error', () => undefined).on('close', () => setTimeout(attack, 5));
  socket.on('open', () => flood(socket, 0));
}

function flood(socket: WebSocket, i: number): void {
  if (Date.now() > end) return socket.terminate();
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send(FRAMES[i % FRAMES.length]);
  setTimeout(flood, 100, socket, i + 1);
}

for (let i = 0; i < 2; i++) attack();
