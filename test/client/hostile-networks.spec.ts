import { HostileSchedule, type Stage } from '../support/hostile-schedule';
import { stopHostileProxies } from '../support/hostile-proxy';
import { realtime, stopAll } from '../support/realtime';

afterEach(async () => {
  await stopHostileProxies();
  await stopAll();
});

const SCHEDULES = 1_000;
const AT_ONCE = 24;
/** `SEED=17 npx jest hostile-networks` plays the schedule of one seed. */
const seeds = process.env.SEED
  ? [Number(process.env.SEED)]
  : Array.from({ length: SCHEDULES }, (_, i) => (Date.now() % 1e6) * SCHEDULES + i);

async function stage(): Promise<Stage> {
  const server = await realtime({
    storage: false,
    clientEvents: ['task.moved'],
    audit: false,
    heartbeat: { intervalMs: 400, timeoutMs: 10_000 },
    connections: { maxPerUser: 10_000, maxPerAddress: 100_000 },
    rooms: { maxPerConnection: 100_000 },
    roomKinds: { short: { history: { maxPublications: 6 } } },
  });
  const observer = await server.connect('observer');
  let joined: Promise<unknown> = Promise.resolve();
  return { server, observer, watch: (room) => (joined = joined.then(() => observer.join(room))) };
}

describe('over a network that drops, delays, hangs, and lets what was sent before a reconnect arrive after it', () => {
  it('a client has no hole, no repeat, no disorder, says everything once, and leaves nothing behind', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const faults: string[] = [];
    const shared = await stage();
    const next = seeds.values();
    const player = async (): Promise<void> => {
      for (const seed of next) faults.push(...(await new HostileSchedule(shared, seed).play()));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, player));
    process.off('unhandledRejection', note);
    expect({ faults, unhandled }).toEqual({ faults: [], unhandled: [] });
  }, 180_000);
});
