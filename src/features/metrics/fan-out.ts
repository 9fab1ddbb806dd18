import { Injectable, OnModuleInit } from '@nestjs/common';
import type { Batch } from '../../connections/batch';
import { Histogram } from '../../connections/histogram';
import { RealtimeCounters } from '../../connections/realtime-counters';
import { WriteScheduler } from '../../connections/write-scheduler';
import { frameTypeOf } from '../../protocol/event-name';
import { EventsService } from '../../events/events.service';
import { MetricsOptions } from './metrics.options';
import { EventsOptions } from '../../publishing/events.options';

/** What becomes of publications: told once for each turn of the event loop, so most of it costs nothing per member. */
@Injectable()
export class FanOut implements OnModuleInit {
  /** Publications of a room that left together. */
  readonly batchSize = new Histogram([1, 2, 4, 8, 16, 32, 64, 128]);
  /** Connections a batch went to. */
  readonly recipients = new Histogram([1, 3, 10, 30, 100, 300, 1000, 3000, 10_000]);
  /** From publication to the socket, for each delivery. */
  readonly lagSeconds = new Histogram([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]);

  constructor(
    private readonly turn: WriteScheduler,
    private readonly traffic: RealtimeCounters,
    private readonly events: EventsService,
    private readonly metrics: MetricsOptions,
    private readonly options: EventsOptions,
  ) {}

  onModuleInit(): void {
    for (const type of this.metrics.types) this.traffic.sentByType.know(type);
    // What the application emits is its own; what clients broadcast could be anything.
    this.events.emitted.subscribe(({ type }) => {
      const frameType = frameTypeOf(type, this.options.naming);
      if (frameType) this.traffic.sentByType.know(frameType);
    });
    this.turn.shared.subscribe((batches) => {
      const now = Date.now();
      for (const batch of batches) if (batch.recipients) this.#take(batch, now);
    });
  }

  #take({ frames, recipients }: Batch, now: number): void {
    this.batchSize.observe(frames.length);
    this.recipients.observe(recipients);
    for (const { type, publishedAt = NaN } of frames) {
      this.traffic.sentByType.add(type, recipients);
      // Another node's clock may be ahead of ours.
      if (!Number.isNaN(publishedAt)) this.lagSeconds.observe(Math.max(0, now - publishedAt) / 1000, recipients);
    }
  }
}
