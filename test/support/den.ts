import type { Storage } from '../../src';
import { channelsAs } from './channels';
import type { TestClient } from './client';
import { realtime, RealtimeTestOptions } from './realtime';

export const DEN = 'channel:den';
let said = 0;

/** Each time another command, also over another connection of the same user. */
export function say(client: TestClient, text = 'hi') {
  return client.request('chat', { room: DEN, text }, `say-${++said}`);
}

export function join(client: TestClient, password?: string) {
  return client.request('join_room', { room: DEN, password });
}

/** A channel `den` of alice's, with whatever it is made with. */
export async function openDen(storage: Storage, channel: object = {}, options: RealtimeTestOptions = {}) {
  const server = await realtime({ storage, ...options });
  const asAlice = channelsAs(server, 'alice');
  expect(await asAlice('POST', '', { id: 'den', name: 'The den', ...channel })).toMatchObject({ status: 201 });
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')];
  return { server, alice, bob, asAlice, asBob: channelsAs(server, 'bob') };
}
