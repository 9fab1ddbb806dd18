import { ForgetfulBackplane } from '../protocol/forgetful-backplane';
import { HostileProxy, stopHostileProxies } from '../support/hostile-proxy';
import { realtime, Realtime, stopAll } from '../support/realtime';
import { closeClients, sdk, signal } from '../support/sdk';
import { until } from '../support/until';

afterEach(async () => {
  await closeClients();
  await stopHostileProxies();
  await stopAll();
});

function bill(server: Realtime, ...ids: string[]): Promise<unknown> {
  const target = { user: 'alice', mailbox: true } as const;
  return Promise.all(ids.map((id) => server.events.emit('invoice.paid', { id }, { ...target, id })));
}

/** What waits for alice, as a client without the SDK gets it. */
async function waiting(server: Realtime): Promise<string[]> {
  const alice = await server.connect('alice');
  await alice.settled();
  const ids = alice.frames.filter(({ type }) => type === 'invoice.paid').map(({ data }) => data.id as string);
  await alice.close();
  return ids;
}

describe('a mailbox', () => {
  it('shows what waited and what comes, in order, and acknowledges it when it is handled', async () => {
    const server = await realtime();
    await bill(server, 'i1', 'i2');
    const client = sdk(server, 'alice');
    const seen: string[] = [];
    client.mailbox.on('invoice.paid', ({ id }) => seen.push(id));
    await client.connect();
    await bill(server, 'i3');
    await until(() => seen.length === 3, 'three invoices');
    expect(seen).toEqual(['i1', 'i2', 'i3']);
    await until(async () => (await waiting(server)).length === 0, 'the acknowledgement');
  });

  it('acknowledges nothing as long as nobody listens', async () => {
    const server = await realtime();
    await bill(server, 'i1');
    await sdk(server, 'alice').connect();
    expect(await waiting(server)).toEqual(['i1']);
  });

  it('waits for a listener that takes its time, and handles one message after the other', async () => {
    const server = await realtime();
    await bill(server, 'i1', 'i2');
    const client = sdk(server, 'alice');
    const begun: string[] = [];
    const finish: (() => void)[] = [];
    client.mailbox.on('invoice.paid', ({ id }) => {
      begun.push(id);
      return new Promise<void>((done) => finish.push(done));
    });
    await client.connect();
    await until(() => begun.length === 1, 'the first invoice');
    expect(await waiting(server)).toEqual(['i1', 'i2']);
    finish[0]();
    await until(() => begun.length === 2, 'the second invoice');
    await until(async () => (await waiting(server)).length === 1, 'the acknowledgement of the first');
    finish[1]();
    await until(async () => (await waiting(server)).length === 0, 'the acknowledgement of the second');
  });

  it('acknowledges in the epoch it was told of what comes after the stream was lost', async () => {
    const backplane = new ForgetfulBackplane();
    const server = await realtime({ backplane });
    const client = sdk(server, 'alice');
    const seen: string[] = [];
    client.mailbox.on('invoice.paid', ({ id }) => seen.push(id));
    await client.connect();
    await bill(server, 'i1', 'i2', 'i3');
    await until(async () => (await waiting(server)).length === 0, 'the acknowledgement of three');
    await backplane.forget();
    await bill(server, 'i4');
    await until(async () => (await waiting(server)).length === 0, 'the acknowledgement under another epoch');
    await backplane.renew();
    await bill(server, 'i5');
    await until(() => seen.length === 5, 'the last invoice');
    expect(seen).toEqual(['i1', 'i2', 'i3', 'i4', 'i5']);
  });

  it('brings what a listener failed at again with the next connection, and nothing twice that it did not', async () => {
    const server = await realtime();
    const proxy = await HostileProxy.to(server.port);
    await bill(server, 'i1', 'i2', 'i3');
    const client = sdk(proxy, 'alice');
    const seen: string[] = [];
    client.mailbox.on('invoice.paid', async ({ id }) => {
      seen.push(id);
      if (id === 'i2' && seen.length === 2) throw new Error('the printer is out of paper');
    });
    const failures: unknown[] = [];
    const report = jest.spyOn(globalThis, 'queueMicrotask').mockImplementation((run) => {
      try {
        run();
      } catch (error) {
        failures.push(error);
      }
    });
    await client.connect();
    await until(() => seen.length === 3, 'three invoices');
    report.mockRestore();
    proxy.drop();
    await signal(client, 'connected');
    await until(() => seen.length === 4, 'the invoice that failed');
    await until(async () => (await waiting(server)).length === 0, 'the acknowledgement');
    expect(seen).toEqual(['i1', 'i2', 'i3', 'i2']);
    expect(failures).toEqual([new Error('the printer is out of paper')]);
  });
});

describe('what is for everyone', () => {
  it('is shown to who listens', async () => {
    const server = await realtime();
    const client = sdk(server, 'alice');
    const seen: unknown[] = [];
    client.onEveryone('task.created', (task, { room }) => seen.push([task, room]));
    await client.connect();
    await server.events.emit('task.created', { id: 't1' }, { all: true });
    await until(() => seen.length === 1, 'the event');
    expect(seen).toEqual([[{ id: 't1' }, undefined]]);
  });
});
