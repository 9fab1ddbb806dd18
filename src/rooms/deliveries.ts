import { Injectable, OnApplicationBootstrap } from '@nestjs/common';
import { Backplane, Delivery } from '../publishing/backplane';
import { RealtimeCounters } from '../connections/realtime-counters';
import { AdapterFailures } from '../logging/adapter-failures';
import { EVERYONE } from '../protocol/room-name';
import { RoomRegistry } from './room-registry';

/** Leads what the backplane delivers into the rooms of this node. */
@Injectable()
export class Deliveries implements OnApplicationBootstrap {
  readonly #failures = new AdapterFailures('The backplane');

  constructor(
    private readonly backplane: Backplane,
    private readonly rooms: RoomRegistry,
    private readonly traffic: RealtimeCounters,
  ) {}

  onApplicationBootstrap(): void {
    const { deliveries, resets, renewals } = this.backplane;
    this.#failures.from(deliveries).subscribe((delivery) => this.#deliver(delivery));
    // Nobody follows what goes to everyone by its position.
    this.#failures.from(resets).subscribe(({ room, position }) => {
      if (room !== EVERYONE) this.rooms.find(room)?.restartFrom(position);
    });
    this.#failures.from(renewals).subscribe(({ room, position, left }) => {
      if (room !== EVERYONE) this.rooms.find(room)?.renew(position, left);
    });
  }

  #deliver(delivery: Delivery): void {
    const room = this.rooms.find(delivery.room);
    if (!room) return;
    this.traffic.publications++;
    this.traffic.deliveries += room.members.size;
    room.deliver(delivery);
  }
}
