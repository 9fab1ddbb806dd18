import type { ClientOptions } from 'ws';
import { TestClient as KitClient } from '../../src/testing/test-client';

export type { Received } from '../../src/testing/received';

/** The client of the test kit, with nothing but what is given. */
export class TestClient extends KitClient {
  static async open(url: string, options: ClientOptions = {}, protocols: string[] = []): Promise<TestClient> {
    const client = new TestClient('the client', async () => ({ url, options, protocols }));
    await client.connect();
    return client;
  }
}
