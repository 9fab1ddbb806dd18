import { TestClient } from '../../support/client';
import { tokenFor } from '../../support/tokens';

// Eighty connections of four users ask for everything a room holds, and do not read it, until standard input ends.

const [, , url, epoch] = process.argv;

async function attack(n: number): Promise<void> {
  const headers = { authorization: `Bearer ${tokenFor(`mallory${n % 4}`)}` };
  const client = await TestClient.open(url, { headers });
  client.ws.pause();
  for (let i = 0; i < 8; i++) client.send('join_room', { room: 'project:large', since: { epoch, offset: 0 } });
}

void Promise.all(Array.from({ length: 80 }, (_, n) => attack(n).catch(() => undefined))).then(() =>
  console.log('all have asked'),
);
