import type { Type } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  ConnectedSocket,
  MessageBody,
  OnGatewayConnection,
  OnGatewayDisconnect,
  OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import {
  Connection,
  Disconnect,
  RealtimeError,
  RealtimeGateway,
  RealtimeModuleOptions,
  RealtimeCounters,
} from '../../src';
import { Gate } from '../support/gate';
import { realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(stopAll);

const hosts: [string, () => RealtimeTestOptions][] = [
  ['Express', () => ({})],
  ['Fastify', () => ({ http: new FastifyAdapter() })],
];

@RealtimeGateway()
class CardGateway {
  @SubscribeMessage('move_card')
  move(@MessageBody() data: object) {
    return { moved: data };
  }
}

@WebSocketGateway({ path: '/ws' })
class ColumnGateway {
  @SubscribeMessage('move_column')
  move(@ConnectedSocket() connection: Connection) {
    return { by: connection.userId };
  }
}

@WebSocketGateway({ path: '/stock' })
class StockGateway {
  @SubscribeMessage('stock')
  stock(@MessageBody() data: object) {
    return { event: 'stocked', data };
  }
}

/** A stock socket that has said `stock` and was answered. */
async function askStock(url: string): Promise<unknown> {
  const ws = new WebSocket(url);
  await once(ws, 'open');
  ws.send(JSON.stringify({ event: 'stock', data: { a: 1 } }));
  const [answer] = (await once(ws, 'message')) as [Buffer];
  ws.close();
  await once(ws, 'close');
  return JSON.parse(answer.toString());
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe.each(hosts)('several gateways under %s', (_name, http) => {
  it('are merged where they share our path, whichever way they name it', async () => {
    const { connect } = await realtime({ ...http(), host: { providers: [CardGateway, ColumnGateway] } });
    const alice = await connect('alice');
    expect((await alice.request('move_card', { id: 1 })).data).toEqual({ moved: { id: 1 } });
    expect((await alice.request('move_column')).data).toEqual({ by: 'alice' });
    expect((await alice.request('ping')).type).toBe('pong');
    expect((await alice.join('board:1')).offset).toBe(0);
  });

  it("leave the host's own ones on other paths as they are", async () => {
    const { connect, port } = await realtime({ ...http(), host: { providers: [CardGateway, StockGateway] } });
    const alice = await connect('alice');
    expect(await askStock(`ws://127.0.0.1:${port}/stock`)).toEqual({ event: 'stocked', data: { a: 1 } });
    expect((await alice.refusal('stock')).code).toBe('unknown_type');
    expect((await alice.request('move_card', { id: 1 })).data).toEqual({ moved: { id: 1 } });
  });

  it("leave the host's own ones on other ports as they are", async () => {
    const port = await freePort();
    @WebSocketGateway(port)
    class PortGateway extends StockGateway {}
    const { connect } = await realtime({ ...http(), host: { providers: [CardGateway, PortGateway] } });
    const alice = await connect('alice');
    expect(await askStock(`ws://127.0.0.1:${port}`)).toEqual({ event: 'stocked', data: { a: 1 } });
    expect((await alice.request('move_card')).data).toEqual({ moved: {} });
  });

  it('call their hooks once per connection, and wait for them before the first frame', async () => {
    const calls: string[] = [];
    const gate = new Gate();
    @RealtimeGateway()
    class HookedGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
      afterInit() {
        calls.push('init');
      }

      async handleConnection(connection: Connection) {
        calls.push(`connecting ${connection.userId}`);
        await gate.pass();
        calls.push(`connected ${connection.userId}`);
      }

      handleDisconnect(connection: Connection) {
        calls.push(`gone ${connection.userId}`);
      }

      @SubscribeMessage('first')
      first() {
        calls.push('first frame');
      }
    }
    const { app, connect } = await realtime({ ...http(), host: { providers: [HookedGateway] } });
    const alice = await connect('alice');
    alice.send('first');
    await until(() => app.get(RealtimeCounters).framesReceived === 1, 'the frame is there');
    expect(calls).toEqual(['init', 'connecting alice']);
    gate.open();
    await alice.next('ack');
    await alice.close();
    await until(() => calls.includes('gone alice'), 'handleDisconnect');
    expect(calls).toEqual(['init', 'connecting alice', 'connected alice', 'first frame', 'gone alice']);
  });

  it('with the same command fail the boot, naming both', async () => {
    @RealtimeGateway()
    class OtherGateway {
      @SubscribeMessage('move_card')
      drag() {}
    }
    @RealtimeGateway()
    class PingGateway {
      @SubscribeMessage('ping')
      ping() {}
    }
    const boot = (...providers: Type[]) => realtime({ ...http(), host: { providers } });
    await expect(boot(CardGateway, OtherGateway)).rejects.toThrow(
      'RealtimeModule: CardGateway.move and OtherGateway.drag both answer "move_card". Rename one.',
    );
    await expect(boot(PingGateway)).rejects.toThrow(
      /(ConnectionGateway\.ping and PingGateway\.ping|PingGateway\.ping and ConnectionGateway\.ping) both answer "ping"/,
    );
  });
});

describe("a gateway's handleConnection that fails", () => {
  async function refusedBy(thrown: unknown, options: Partial<RealtimeModuleOptions> = {}) {
    @RealtimeGateway()
    class RefusingGateway implements OnGatewayConnection {
      async handleConnection() {
        await Promise.resolve();
        if (thrown === 'hang') await new Promise(() => undefined);
        throw thrown;
      }

      @SubscribeMessage('first')
      first() {
        handled = true;
      }
    }
    let handled = false;
    const { connect, log } = await realtime({ ...options, host: { providers: [RefusingGateway] } });
    const alice = await connect('alice');
    alice.send('first');
    const closed = await alice.closed;
    expect(handled).toBe(false);
    return { closed, errors: alice.unread.map(({ type, data }) => [type, data.code]), log };
  }

  it('refuses the client with the error it throws', async () => {
    const { closed, errors } = await refusedBy(new RealtimeError('forbidden', 'Not today.'));
    expect(errors).toEqual([['error', 'forbidden']]);
    expect(closed).toEqual({ code: 4501, reason: 'forbidden' });
  });

  it('closes with the code it throws', async () => {
    const { closed, errors } = await refusedBy(new Disconnect('disconnected_by_admin', 'banned'));
    expect(errors).toEqual([]);
    expect(closed).toEqual({ code: 4503, reason: 'banned' });
  });

  it('tells a client nothing of an unexpected failure, and the log everything', async () => {
    const { closed, errors, log } = await refusedBy(new Error('no route to db-7'));
    expect(errors).toEqual([['error', 'processing_error']]);
    expect(closed.code).toBe(1011);
    expect(log.of('error').join()).toContain('no route to db-7');
  });

  it('is given up when it hangs', async () => {
    const { closed, errors, log } = await refusedBy('hang', { inbox: { handlerTimeoutMs: 300 } });
    expect(errors).toEqual([['error', 'processing_error']]);
    expect(closed.code).toBe(1011);
    expect(log.of('error').join()).toContain('took too long');
  });
});
