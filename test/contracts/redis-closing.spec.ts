import { Logger } from '@nestjs/common';
import { RedisConnections } from '../../src/adapters/redis';
import { RedisServer, stopRedis } from '../support/redis-server';
import { until } from '../support/until';

/** Far longer than the test waits for the end of a timer. */
const TIMEOUT_MS = 60_000;

beforeAll(() => {
  Logger.overrideLogger(false);
});
afterEach(stopRedis);

/** Those that keep the process alive. */
const timers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

async function connected() {
  const redis = await RedisServer.start();
  const before = timers();
  const connections = new RedisConnections({ url: redis.url, prefix: 'closing:', timeoutMs: TIMEOUT_MS });
  await connections.subscribe('room', { message: () => undefined, regained: async () => undefined });
  return { redis, connections, hasEnded: () => until(() => timers() <= before, 'the end of all timers') };
}

describe('connections that were closed keep no process alive', () => {
  it('when all was well', async () => {
    const { connections, hasEnded } = await connected();
    await connections.close();
    await hasEnded();
  });

  it('when Redis was away', async () => {
    const { redis, connections, hasEnded } = await connected();
    const degraded = new Promise<void>((resolve) =>
      connections.state.subscribe((state) => state === 'degraded' && resolve()),
    );
    await redis.kill();
    await degraded;
    await connections.close();
    await hasEnded();
  });

  it('when both of its users close them, one after the other', async () => {
    const { connections, hasEnded } = await connected();
    await connections.close();
    await hasEnded();
    await connections.close();
    await hasEnded();
  });
});
