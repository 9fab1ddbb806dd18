import { Injectable, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { RealtimeOptions } from '../realtime.options';
import type { Sample } from './measure';

const RESOLUTION_MS = 20;
const QUANTILES = [0.5, 0.9, 0.99, 1];

/** How late this process comes to what is due. Sampled outside of JavaScript. */
@Injectable()
export class EventLoopDelay implements OnModuleInit, OnApplicationShutdown {
  #delays: IntervalHistogram | undefined;

  constructor(private readonly options: RealtimeOptions) {}

  onModuleInit(): void {
    if (!this.options.metrics.enabled) return;
    this.#delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#delays.enable();
  }

  onApplicationShutdown(): void {
    this.#delays?.disable();
  }

  /** Seconds, since it was read before. */
  read(): Sample[] {
    const samples = QUANTILES.map((quantile) => ({ labels: { quantile }, value: this.#seconds(quantile) }));
    this.#delays?.reset();
    return samples;
  }

  /** What the sampler waits on purpose is in its values. */
  #seconds(quantile: number): number {
    const nanoseconds = this.#delays?.percentile(quantile * 100) ?? 0;
    return Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000);
  }
}
