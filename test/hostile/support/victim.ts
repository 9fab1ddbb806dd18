import type { TestClient } from '../../support/client';
import { withoutCoreMs } from '../../support/pulse';
import type { AttackedServer } from './attacked-server';

/** The rate limit lets a connection ping ten times a second. */
const PING_EVERY_MS = 125;
const CONNECTIONS = 4;

export interface PingTimes {
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

/** A user who does nothing wrong: its connections ping the server, and it notes how long each answer takes. */
export class Victim {
  private constructor(readonly clients: readonly TestClient[]) {}

  static async of(server: AttackedServer, userId = 'victim'): Promise<Victim> {
    return new Victim(await Promise.all(Array.from({ length: CONNECTIONS }, () => server.connect(userId))));
  }

  /** Whether all of its connections are still open. */
  get connected(): boolean {
    return this.clients.every(({ connected }) => connected);
  }

  /** Pings until the attack ends; the times, in milliseconds, leave out what this process itself had no core for. */
  async pingsDuring(attack: Promise<unknown>): Promise<PingTimes> {
    let over = false;
    void attack.finally(() => (over = true));
    const each = await Promise.all(this.clients.map((client) => pingUntil(client, () => over)));
    const times = each.flat().sort((a, b) => a - b);
    return { p50: at(times, 0.5), p99: at(times, 0.99), count: times.length };
  }
}

async function pingUntil(client: TestClient, over: () => boolean): Promise<number[]> {
  const times: number[] = [];
  do {
    const start = performance.now() - withoutCoreMs();
    await client.request('ping');
    times.push(performance.now() - withoutCoreMs() - start);
    await new Promise((resolve) => setTimeout(resolve, PING_EVERY_MS));
  } while (!over());
  return times;
}

function at(sorted: readonly number[], quantile: number): number {
  return sorted[Math.ceil(sorted.length * quantile) - 1];
}
