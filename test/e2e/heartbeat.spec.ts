import { SubscribeMessage } from '@nestjs/websockets';
import { RealtimeGateway } from '../../src';
import { Gate } from '../support/gate';
import { realtime, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';
import { until } from '../support/until';

afterEach(stopAll);

const heartbeat = { intervalMs: 500, timeoutMs: 1000 };
/** How late a busy machine may be. */
const GRACE_MS = 400;
const silent = { autoPong: false, headers: { authorization: `Bearer ${tokenFor('alice')}` } };

describe('the heartbeat', () => {
  it('pings within every interval, and tells the client which that is', async () => {
    const { open } = await realtime({ heartbeat });
    const alice = await open('', { headers: { authorization: `Bearer ${tokenFor('alice')}` } });
    const at = [Date.now()];
    alice.ws.on('ping', () => at.push(Date.now()));
    expect((await alice.next('auth_success')).data.heartbeat_ms).toBe(500);
    await until(() => at.length === 4, 'three pings');
    for (let i = 1; i < at.length; i++) expect(at[i] - at[i - 1]).toBeLessThan(500 + GRACE_MS);
    expect(at[3] - at[0]).toBeGreaterThan(3 * 200);
  });

  it('ends a connection that has been silent, with a name or without, in time and without a close frame', async () => {
    const { open, connect, connections } = await realtime({ heartbeat });
    const start = Date.now();
    const alice = await open('', silent);
    const stranger = await open('', { autoPong: false });
    const bob = await connect('bob');
    expect((await alice.closed).code).toBe(1006);
    expect((await stranger.closed).code).toBe(1006);
    expect(Date.now() - start).toBeGreaterThan(500);
    expect(Date.now() - start).toBeLessThan(1000 + GRACE_MS);
    await until(() => connections.size === 1, 'only bob is left');
    await bob.settled();
  });

  it('leaves those alone that answer its pings, or say anything else, as little time as they may have', async () => {
    const { open, connect } = await realtime({ heartbeat: { intervalMs: 900, timeoutMs: 1000 } });
    const start = Date.now();
    const quiet = await connect('bob');
    const talking = await open('', silent);
    while (Date.now() - start < 2200) {
      await talking.settled();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await quiet.settled();
    expect([quiet.ws.readyState, talking.ws.readyState]).toEqual([quiet.ws.OPEN, quiet.ws.OPEN]);
  });

  it('does not take for silence what it does not read', async () => {
    const gate = new Gate();
    @RealtimeGateway()
    class SlowGateway {
      @SubscribeMessage('slow')
      slow() {
        return gate.pass();
      }
    }
    const { connect, connections } = await realtime({
      heartbeat,
      inbox: { maxFrames: 1 },
      host: { providers: [SlowGateway] },
    });
    const alice = await connect('alice');
    const start = Date.now();
    for (let i = 0; i < 3; i++) alice.send('slow');
    await until(() => [...connections][0].inbox.paused, 'the socket is not read');
    await until(() => Date.now() - start > 1600, 'the timeout is over');
    gate.open();
    await alice.settled();
    expect(alice.unread.map(({ type }) => type)).toEqual(['ack', 'ack', 'ack']);
  });
});
