import { SubscribeMessage } from '@nestjs/websockets';
import { Authenticator, Identity, PresentedCredential, RealtimeGateway } from '../../src';
import { knock } from '../support/raw-socket';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

/** Something that begins, and ends when the test says so. */
class Work {
  begin!: () => void;
  end!: () => void;
  readonly begun = new Promise<void>((resolve) => (this.begin = resolve));
  readonly ended = new Promise<void>((resolve) => (this.end = resolve));

  async run(): Promise<void> {
    this.begin();
    await this.ended;
  }
}

describe('a server that is draining', () => {
  it('refuses handshakes with 503, also one that was under way', async () => {
    const verifying = new Work();
    const working = new Work();
    class Verifier extends Authenticator {
      override async authenticate({ token }: PresentedCredential): Promise<Identity> {
        if (token === 'slow') await verifying.run();
        return { userId: token, roles: [] };
      }
    }
    @RealtimeGateway()
    class Worker {
      @SubscribeMessage('work')
      work() {
        return working.run();
      }
    }
    const { port, app, open } = await realtime({
      auth: { authenticator: new Verifier() },
      drain: { windowMs: 29_001, flushMs: 60_000 },
      host: { providers: [Worker] },
    });
    const alice = await open('?token=alice');
    alice.send('work');
    await working.begun;
    const slow = knock(port, { target: '/ws?token=slow' });
    await verifying.begun;

    const closing = app.close();
    await alice.next('server_shutdown');
    const refusal = {
      status: 503,
      headers: { 'retry-after': '30', connection: 'close' },
      body: { code: 'server_shutdown', message: 'The server is shutting down.' },
    };
    expect(await knock(port)).toMatchObject(refusal);
    expect(await knock(port, { target: '/ws?token=bob' })).toMatchObject(refusal);
    verifying.end();
    expect(await slow).toMatchObject(refusal);

    working.end();
    expect((await alice.closed).code).toBe(1012);
    await closing;
  });
});
