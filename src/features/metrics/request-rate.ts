import { Injectable, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { RealtimeCounters } from '../../connections/realtime-counters';

const TICK_MS = 1_000;
const TICKS = 10;

/** Frames received per second, over the last ten seconds, or since the start. */
@Injectable()
export class RequestRate implements OnApplicationBootstrap, OnApplicationShutdown {
  /** The oldest first. */
  readonly #seen: { readonly at: number; readonly frames: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly traffic: RealtimeCounters) {}

  onApplicationBootstrap(): void {
    this.#look();
    this.#timer = setInterval(() => this.#look(), TICK_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  get perSecond(): number {
    const [{ at, frames } = { at: 0, frames: 0 }] = this.#seen;
    const seconds = Math.max(1, (performance.now() - at) / 1000);
    return Math.round(((this.traffic.framesReceived - frames) / seconds) * 100) / 100;
  }

  #look(): void {
    this.#seen.push({ at: performance.now(), frames: this.traffic.framesReceived });
    if (this.#seen.length > TICKS) this.#seen.shift();
  }
}
