import { WebSocket } from 'ws';
import { tokenFor } from '../../support/tokens';

// Twenty connections of one user send pings as fast as the sockets take them, for three seconds, and connect again
// whenever they are closed.

const [, , url] = process.argv;
const headers = { authorization: `Bearer ${tokenFor('mallory')}` };
const end = Date.now() + 3_000;

function attack(): void {
  if (Date.now() > end) return;
  const socket = new WebSocket(url, { headers });
  socket.on('error', () => undefined).on('close', () => setTimeout(attack, 5));
  socket.on('open', () => flood(socket));
}

function flood(socket: WebSocket): void {
  if (Date.now() > end) return socket.terminate();
  for (let i = 0; i < 50; i++) socket.send('{"type":"ping"}');
  setTimeout(flood, 2, socket);
}

for (let i = 0; i < 20; i++) attack();
