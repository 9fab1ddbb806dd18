import { Injectable, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { createHistogram } from 'node:perf_hooks';
import { MetricsOptions } from './metrics.options';
import type { Sample } from './measure';

const RESOLUTION_MS = 20;
const QUANTILES = [0.5, 0.9, 0.99, 1];

/**
 * How late this process comes to what is due. Node's own `monitorEventLoopDelay` leaves out the first delay after each
 * `reset`, which is the one of whatever the scrape held up.
 */
@Injectable()
export class EventLoopDelay implements OnModuleInit, OnApplicationShutdown {
  readonly #microseconds = createHistogram();
  #timer: NodeJS.Timeout | undefined;
  #due = 0;

  constructor(private readonly options: MetricsOptions) {}

  onModuleInit(): void {
    if (!this.options.prometheus) return;
    this.#due = performance.now() + RESOLUTION_MS;
    this.#timer = setInterval(() => this.#sample(), RESOLUTION_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Seconds, since it was read before. */
  read(): Sample[] {
    const samples = QUANTILES.map((quantile) => ({ labels: { quantile }, value: this.#seconds(quantile) }));
    this.#microseconds.reset();
    return samples;
  }

  #sample(): void {
    const now = performance.now();
    // It counts from 1.
    this.#microseconds.record(Math.max(1, Math.round((now - this.#due) * 1000)));
    this.#due = now + RESOLUTION_MS;
  }

  #seconds(quantile: number): number {
    return this.#microseconds.count ? this.#microseconds.percentile(quantile * 100) / 1e6 : 0;
  }
}
