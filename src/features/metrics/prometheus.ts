import { Injectable, Logger, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Histogram } from '../../connections/histogram';
import { RealtimeCounters } from '../../connections/realtime-counters';
import { MetricsOptions } from './metrics.options';
import type { Measure } from './measure';
import { Measures } from './measures';
import { Answer, serve } from '../../gateway/http/plain-route';
import { MetricsRegistry, newRegistry } from './registry';

/** Puts the measures into a prom-client registry, and serves it where Prometheus looks for it. */
@Injectable()
export class Prometheus implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('RealtimeModule');
  #registry: MetricsRegistry | undefined;
  readonly #registered: Measure[] = [];

  constructor(
    private readonly options: MetricsOptions,
    private readonly measures: Measures,
    private readonly traffic: RealtimeCounters,
    private readonly host: HttpAdapterHost,
  ) {}

  /** @throws Error when prom-client is not installed, or the registry has metrics of these names */
  onModuleInit(): void {
    const { prometheus, path, registry } = this.options;
    if (!prometheus) return;
    this.#registry = registry ?? newRegistry();
    this.traffic.publishSeconds = new Histogram([0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]);
    for (const measure of this.measures.all(this.traffic.publishSeconds)) this.#register(measure);
    if (path) serve(this.host, path, () => this.#scrape(this.#registry!));
  }

  /** A registry of the application's may live on, and get another module's. */
  onApplicationShutdown(): void {
    for (const { name } of this.#registered) this.#registry!.removeSingleMetric(name);
  }

  #register(measure: Measure): void {
    this.#registry!.registerMetric(measure as never);
    this.#registered.push(measure);
  }

  async #scrape(registry: MetricsRegistry): Promise<Answer> {
    try {
      return { status: 200, type: registry.contentType, body: await registry.metrics() };
    } catch (error) {
      // One of the application's own.
      this.#logger.error('The metrics could not be collected', error instanceof Error ? error.stack : undefined);
      return { status: 500, type: 'text/plain; charset=utf-8', body: 'The metrics could not be collected.\n' };
    }
  }
}
