import { WebSocket } from 'ws';
import { tokenFor } from '../../support/tokens';

// One token connects as often as it can for five seconds, twenty at a time, each time with 128 rooms in its query; it
// prints how often it got in, and how many rooms it was put into.

const [, , url] = process.argv;
const query = `?${Array.from({ length: 128 }, (_, n) => `board_id=${n}`).join('&')}`;
const headers = { authorization: `Bearer ${tokenFor('mallory')}` };
const end = Date.now() + 5_000;
let connections = 0;
let joins = 0;

function attack(): void {
  if (Date.now() > end) return report();
  const socket = new WebSocket(url + query, { headers });
  let answers = 0;
  socket.on('error', () => undefined);
  socket.on('close', () => setTimeout(attack, 1));
  socket.on('open', () => connections++);
  socket.on('message', (bytes: Buffer) => {
    const { type } = JSON.parse(bytes.toString()) as { type: string };
    if (type === 'room_joined') joins++;
    if (type !== 'auth_success' && ++answers === 128) socket.terminate();
  });
}

let attackers = 20;
function report(): void {
  if (--attackers === 0) console.log(`connections ${connections}, joins ${joins}.`);
}

for (let i = 0; i < attackers; i++) attack();
