import { JwtService } from '@nestjs/jwt';
import { ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DIALECTS } from './peers/dialects';
import { BEFORE, BENCH_SECRET, Dialect, PeerName } from './peers/peer';
import { RawClient } from './raw-client';
import type { LoopDelay } from './loop-delay';
import type { Request, Usage } from './server';

const jwt = new JwtService({ secret: BENCH_SECRET });
const CONNECTING_AT_ONCE = 50;

/** A peer in a process of its own, so that its CPU time is its alone. */
export class ServerProcess {
  readonly dialect: Dialect;
  readonly clients: RawClient[] = [];

  private constructor(
    readonly peer: PeerName,
    private readonly process: ChildProcess,
    readonly port: number,
  ) {
    this.dialect = DIALECTS[peer];
  }

  /** `place`: where its database or its Redis is, for those that have one. */
  static async start(peer: PeerName, flags: string[] = [], place = ''): Promise<ServerProcess> {
    const [program, served] = peer === BEFORE ? [earlierServer(), 'ours'] : [join(__dirname, 'server.js'), peer];
    const child = fork(program, [served, place], { execArgv: ['--expose-gc', ...flags] });
    // Without it no run would ever end.
    child.once('exit', (code) => {
      if (code) throw new Error(`The server of ${peer} ended with ${code}`);
    });
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new ServerProcess(peer, child, port);
  }

  /** Opens clients; `roomOf` names the room of each, if it is to join one. */
  async connect(
    count: number,
    roomOf: (index: number) => string | undefined,
    distinctTokens = false,
    firstUser = 0,
  ): Promise<RawClient[]> {
    const shared = tokenOf('bench');
    const opened: RawClient[] = [];
    for (let i = 0; i < count; i += CONNECTING_AT_ONCE) {
      const batch = Array.from({ length: Math.min(CONNECTING_AT_ONCE, count - i) }, (_, k) =>
        RawClient.open(
          this.port,
          this.dialect,
          roomOf(i + k),
          distinctTokens ? tokenOf(`user${firstUser + i + k}`) : shared,
        ),
      );
      opened.push(...(await Promise.all(batch)));
    }
    this.clients.push(...opened);
    return opened;
  }

  broadcast(first: number, count: number, filling?: string): void {
    this.#ask({ ask: 'broadcast', first, count, filling });
  }

  spread(first: number, count: number, rooms: number): void {
    this.#ask({ ask: 'spread', first, count, rooms });
  }

  usage(): Promise<Usage> {
    return this.#answer({ ask: 'usage' });
  }

  /** Microseconds since it started. */
  async cpu(): Promise<number> {
    return (await this.#answer<Usage>({ ask: 'cpu' })).cpuMicros;
  }

  watchLoop(): void {
    this.#ask({ ask: 'watch-loop' });
  }

  /** Since it is watched. */
  loopDelay(): Promise<LoopDelay> {
    return this.#answer({ ask: 'loop' });
  }

  async profile(): Promise<void> {
    await this.#answer({ ask: 'profile' });
  }

  /** What part of its busy time it spent listening, since it is profiled. */
  async listening(): Promise<number> {
    return (await this.#answer<{ share: number }>({ ask: 'listening' })).share;
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.close();
    this.process.disconnect();
    await once(this.process, 'exit');
  }

  async #answer<T>(request: Request): Promise<T> {
    this.#ask(request);
    const [answer] = (await once(this.process, 'message')) as [T];
    return answer;
  }

  #ask(request: Request): void {
    this.process.send(request);
  }
}

export function tokenOf(userId: string): string {
  return jwt.sign({ sub: userId, name: userId }, { expiresIn: 3600 });
}

/** The server that `npm run bench` has built in the checkout that `--before` names. */
function earlierServer(): string {
  return join(process.env.BENCH_BEFORE!, '.bench/test/bench/server.js');
}
