import { SubscribeMessage } from '@nestjs/websockets';
import { Connection, Disconnect, RealtimeError, RealtimeGateway, RoomPolicy } from '../../src';
import { realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';

afterEach(stopAll);

/** A gateway whose `handleConnection` does this, and that keeps what came after it. */
function gatewayThat(handleConnection: (connection: Connection) => unknown) {
  const seen: string[] = [];
  @RealtimeGateway()
  class Host {
    async handleConnection(connection: Connection) {
      await handleConnection(connection);
    }
    handleDisconnect(connection: Connection, code: number) {
      seen.push(`${connection.userId} left with ${code}`);
    }
    @SubscribeMessage('note')
    note() {
      seen.push('a note');
    }
  }
  return { seen, host: { providers: [Host] } };
}

const hang = () => new Promise<never>(() => undefined);

/** A client whose admission fails, by each way in; what it got, and how it ended. */
async function refused(options: RealtimeTestOptions, late: boolean) {
  const { open, log, connections } = await realtime({ inbox: { handlerTimeoutMs: 300 }, ...options });
  const gone = new Promise<void>((resolve) => connections.closed.subscribe(() => resolve()));
  const client = await open(late ? '?room=lobby' : `?room=lobby&token=${tokenFor('alice')}`);
  if (late) client.send('authenticate', { token: tokenFor('alice') });
  client.send('note');
  await gone;
  const { code } = await client.closed;
  const last = client.frames.at(-1)!;
  return { code, last: last.data.code ?? last.type, log, connections, frames: client.frames.map(({ type }) => type) };
}

describe.each([
  ['with a token', false],
  ['after a deferred authentication', true],
])('the admission of a client %s', (_, late) => {
  it('is refused by an error of handleConnection', async () => {
    const { host, seen } = gatewayThat(() => {
      throw new RealtimeError('banned', 'You are not welcome.');
    });
    const { code, last, log } = await refused({ host }, late);
    expect([code, last]).toEqual([4501, 'banned']);
    expect(seen).toEqual(['alice left with 4501']);
    expect(log.of('error')).toEqual([]);
  });

  it('is refused by a Disconnect of handleConnection', async () => {
    const { host, seen } = gatewayThat(() => {
      throw new Disconnect('disconnected_by_admin', 'banned until Monday');
    });
    const { code, last } = await refused({ host }, late);
    expect([code, last]).toEqual([4503, 'auth_success']);
    expect(seen).toEqual(['alice left with 4503']);
  });

  it('fails with 1011 when handleConnection fails, and the log says why', async () => {
    const { host, seen } = gatewayThat(() => {
      throw new TypeError('no such table');
    });
    const { code, last, log } = await refused({ host }, late);
    expect([code, last]).toEqual([1011, 'processing_error']);
    expect(seen).toEqual(['alice left with 1011']);
    expect(log.of('error').join()).toContain('no such table');
  });

  it('fails with 1011 when handleConnection hangs, and no frame is handled', async () => {
    const { host, seen } = gatewayThat(hang);
    const { code, last, log, connections } = await refused({ host }, late);
    expect([code, last]).toEqual([1011, 'processing_error']);
    expect(seen).toEqual(['alice left with 1011']);
    expect(log.of('error').join()).toContain('took too long');
    expect(connections.ofUser('alice').size).toBe(0);
  });

  it('fails with 1011 when the policy of a room of its query hangs, and no frame is handled', async () => {
    class Hanging extends RoomPolicy {
      override can = hang;
    }
    const { host, seen } = gatewayThat(() => undefined);
    const { code, last, frames } = await refused({ host, policy: new Hanging() }, late);
    expect([code, last]).toEqual([1011, 'processing_error']);
    expect(frames).not.toContain('room_joined');
    expect(seen).toEqual(['alice left with 1011']);
  });

  it('ends when handleConnection closes the connection', async () => {
    const { host, seen } = gatewayThat((connection) => connection.close('not_authenticated', 'come as somebody else'));
    const { code, frames } = await refused({ host }, late);
    expect(code).toBe(4501);
    expect(frames).not.toContain('room_joined');
    expect(seen).toEqual(['alice left with 4501']);
  });
});
