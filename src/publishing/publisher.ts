import { Injectable } from '@nestjs/common';
import type { Histogram } from '../connections/histogram';
import { RealtimeCounters } from '../connections/realtime-counters';
import type { StreamPosition } from '../protocol/position';
import type { RoomName } from '../protocol/room-name';
import { Backplane, Publication } from './backplane';

/**
 * Publishes into rooms, and measures it where metrics are on. Nothing else calls `Backplane.publish`, so the metrics
 * leave out no publication.
 */
@Injectable()
export class Publisher {
  constructor(
    private readonly backplane: Backplane,
    private readonly traffic: RealtimeCounters,
  ) {}

  /** As `Backplane.publish`. @throws RealtimeError `unavailable` */
  publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    const { publishSeconds } = this.traffic;
    if (!publishSeconds) return this.backplane.publish(room, publication);
    return this.#timed(room, publication, publishSeconds);
  }

  #timed(room: RoomName, publication: Publication, seconds: Histogram): Promise<StreamPosition> {
    const since = performance.now();
    const publishing = this.backplane.publish(room, publication);
    publishing.then(
      () => seconds.observe((performance.now() - since) / 1000),
      () => this.traffic.publishFailures++,
    );
    return publishing;
  }
}
