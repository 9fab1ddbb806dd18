import { Injectable, OnModuleInit } from '@nestjs/common';
import { HeartbeatOptions } from './heartbeat.options';
import { SWEEP_MS, DeadlineTimer } from './deadline-timer';

/** Pings every connection, and ends those that have been silent for too long. */
@Injectable()
export class Heartbeat implements OnModuleInit {
  constructor(
    private readonly sweep: DeadlineTimer,
    private readonly options: HeartbeatOptions,
  ) {}

  onModuleInit(): void {
    const { intervalMs, timeoutMs } = this.options;
    this.sweep.onTick((connection, now) => {
      // Not read because of our own back-pressure: its silence says nothing about it.
      if (connection.intake.paused) connection.lastSeenAt = now;
      // Silence counts only where an answer was asked for: it may be we who were stopped for a while.
      const asked = connection.pingedAt > connection.lastSeenAt;
      if (asked && now - connection.lastSeenAt > timeoutMs - SWEEP_MS) return connection.terminate();
      // A sweep early rather than late.
      if (now - connection.pingedAt > intervalMs - SWEEP_MS && !connection.closed) connection.ping(now);
    });
  }
}
