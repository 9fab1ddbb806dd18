import { WebSocket } from 'ws';
import { tokenFor } from '../../support/tokens';

// Twenty connections of one member of `chat:lobby` broadcast frames of nearly the largest size into it for four seconds.

const [, , url] = process.argv;
const headers = { authorization: `Bearer ${tokenFor('mallory')}` };
const end = Date.now() + 4_000;
const data = { room: 'chat:lobby', event: 'wall.painted', data: { filling: 'x'.repeat(500_000) } };
const frame = JSON.stringify({ type: 'broadcast', data });

function shout(socket: WebSocket): void {
  if (Date.now() > end) return socket.terminate();
  if (socket.bufferedAmount < frame.length) socket.send(frame);
  setTimeout(shout, 100, socket);
}

for (let i = 0; i < 20; i++) {
  const socket = new WebSocket(`${url}?room=chat:lobby`, { headers });
  socket.on('error', () => undefined).on('open', () => shout(socket));
}
