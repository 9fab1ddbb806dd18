import { WebSocket } from 'ws';
import { createRealtimeClient, type StateChange } from '../../src/client';
import { realtime, stopAll } from '../support/realtime';
import { closeClients, sdk, signal } from '../support/sdk';
import { tokenFor } from '../support/tokens';
import { until } from '../support/until';

afterEach(async () => {
  await closeClients();
  await stopAll();
});

describe('a token', () => {
  it('is asked for anew before it expires, and the connection stays', async () => {
    const server = await realtime();
    let asked = 0;
    const client = sdk(server, 'alice', { token: () => tokenFor('alice', { expiresIn: asked++ === 0 ? 3 : 3600 }) });
    const states: string[] = [];
    client.on('state', ({ state }) => states.push(state));
    await client.connect();
    const [connection] = server.connections;
    await until(() => connection.identity!.expiresAt! > Date.now() + 60_000, 'the new token');
    expect([asked, states]).toEqual([2, ['connecting', 'connected']]);
  });

  it('that is renewed over and over lives as long as each says, and is not asked for in a rush', async () => {
    const server = await realtime();
    let asked = 0;
    const token = () => {
      asked++;
      return tokenFor('alice', { expiresIn: 6 });
    };
    const client = sdk(server, 'alice', { token });
    const states: string[] = [];
    client.on('state', ({ state, code }) => states.push([state, code].join(' ').trim()));
    await client.connect();
    const connectedAt = Date.now();
    await until(() => asked === 3, 'two renewals');
    expect(Date.now() - connectedAt).toBeGreaterThan(2 * 5_000 * 0.1 * 0.8);
    expect(states).toEqual(['connecting', 'connected']);
  });

  it('that ran out is replaced by another one, over another connection', async () => {
    const server = await realtime();
    let away = false;
    const token = (): string => {
      if (away) throw new Error('the login server is away');
      away = true;
      return tokenFor('alice', { expiresIn: 3 });
    };
    const client = sdk(server, 'alice', { token });
    const errors: unknown[] = [];
    client.on('error', (error) => errors.push(error));
    await client.connect();
    const reconnecting = await signal<StateChange>(client, 'reconnecting');
    expect(reconnecting.code).toBe(4001);
    away = false;
    await signal(client, 'connected');
    expect(errors[0]).toEqual(new Error('the login server is away'));
  });

  it('that is refused once it is renewed leaves the connection as it is, and is asked for again', async () => {
    const server = await realtime();
    let asked = 0;
    const tokens = [tokenFor('alice', { expiresIn: 5 }), tokenFor('bob'), 'no.good'];
    const client = sdk(server, 'alice', { token: () => tokens[asked++] ?? tokenFor('alice') });
    const codes: unknown[] = [];
    client.on('error', (error) => codes.push((error as { code: string }).code));
    await client.connect();
    const [connection] = server.connections;
    await until(() => connection.identity!.expiresAt! > Date.now() + 60_000, 'the new token');
    expect([codes, client.state]).toEqual([['forbidden', 'unauthorized'], 'connected']);
  });

  it('that cannot be had now is asked for again', async () => {
    let asked = 0;
    const token = async () => {
      if (++asked < 3) throw new Error('the login server is away');
      return tokenFor('alice');
    };
    const client = sdk(await realtime(), 'alice', { token });
    const reconnecting = signal<StateChange>(client, 'reconnecting');
    await client.connect();
    expect(await reconnecting).toMatchObject({
      reason: 'there is no token',
      error: new Error('the login server is away'),
    });
  });

  it('that never comes does not keep the client for ever', async () => {
    const token = () => new Promise<string>(() => undefined);
    const client = sdk(await realtime(), 'alice', { token, connectTimeoutMs: 20 });
    void client.connect();
    expect(await signal<StateChange>(client, 'reconnecting')).toMatchObject({ reason: 'connecting took too long' });
  });

  it('is no matter where the login is a cookie', async () => {
    const server = await realtime({ origins: ['https://a.example'] });
    class WithCookie extends WebSocket {
      constructor(url: string, protocols?: string[]) {
        super(url, protocols, {
          headers: { cookie: `access_token=${tokenFor('alice')}`, origin: 'https://a.example' },
        });
      }
    }
    const client = createRealtimeClient({ url: server.url, WebSocket: WithCookie });
    await client.connect();
    expect(client.userId).toBe('alice');
    await client.close();
  });
});
