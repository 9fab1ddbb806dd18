import { TestClient } from '../../support/client';
import { tokenFor } from '../../support/tokens';

// Twenty connections of one user ask for the newest entry of a room, as often as they are let, for three seconds.

const [, , url] = process.argv;
const headers = { authorization: `Bearer ${tokenFor('mallory')}` };
const end = Date.now() + 3_000;

async function attack(): Promise<void> {
  const client = await TestClient.open(url, { headers });
  await client.join('project:large');
  while (Date.now() < end && client.connected) {
    client.send('history', { room: 'project:large', limit: 1 });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  client.drop();
}

void Promise.all(Array.from({ length: 20 }, () => attack().catch(() => undefined)));
