import { WebSocket } from 'ws';
import { tokenFor } from '../../support/tokens';

// Twenty connections of one user, ten frames a second each, every frame of nearly the largest size, for four seconds.

const CONNECTIONS = 20;
const EVERY_MS = 100;

const [, , url] = process.argv;
const headers = { authorization: `Bearer ${tokenFor('mallory')}` };
const end = Date.now() + 4_000;
const items = Array.from({ length: 8_000 }, () => 'A word, another word, \u00e9\u00e8, and so on until sixty.');
const frame = JSON.stringify({ type: 'echo', data: { items } });

/** Frames that the server does not read wait in this process: no more than one of each connection. */
function attack(socket: WebSocket): void {
  if (Date.now() > end) return socket.terminate();
  if (socket.bufferedAmount < frame.length) socket.send(frame);
  setTimeout(attack, EVERY_MS, socket);
}

for (let i = 0; i < CONNECTIONS; i++) {
  const socket = new WebSocket(url, { headers });
  socket.on('error', () => undefined).on('open', () => attack(socket));
}
