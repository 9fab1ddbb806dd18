import { TestClient } from '../../support/client';
import { tokenFor } from '../../support/tokens';

// Ten connections of one user join ten rooms each and fill them with events, for three seconds.

const [, , url] = process.argv;
const headers = { authorization: `Bearer ${tokenFor('mallory')}` };
const end = Date.now() + 3_000;

async function attack(n: number): Promise<void> {
  const client = await TestClient.open(url, { headers });
  for (let room = 0; room < 10; room++) await client.join(`flood:${n}-${room}`);
  while (Date.now() < end && client.connected) {
    for (let room = 0; room < 10; room++) {
      client.send('broadcast', {
        room: `flood:${n}-${room}`,
        event: 'note.filled',
        data: { text: 'x'.repeat(12_000) },
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  client.drop();
}

void Promise.all(Array.from({ length: 10 }, (_, n) => attack(n).catch(() => undefined)));
