import { setTimeout as pause } from 'node:timers/promises';
import { Backplane } from '../publishing/backplane';
import type { StreamPosition } from '../protocol/position';
import type { RoomName } from '../protocol/room-name';
import type { Follower } from './follower';
import type { TestClient } from './test-client';
import type { TestNode } from './test-node';

/** What is converging. */
export interface Scenery {
  readonly nodes: readonly TestNode[];
  readonly clients: readonly TestClient[];
}

const PATIENCE_MS = 5_000;
const BETWEEN_LOOKS_MS = 5;
/** Of each room's stream so many publications are compared, the last ones. */
const MAX_COMPARED = 10_000;

/** Whether all clients were shown the same: what is in the rooms' streams. */
export class ConvergenceCheck {
  constructor(private readonly scenery: Scenery) {}

  /** Waits until all are at the end of their streams, or it takes too long; then tells what is wrong. */
  async faults(): Promise<string[]> {
    const end = Date.now() + PATIENCE_MS;
    let late = await this.#late();
    while (late.length && Date.now() < end) {
      await pause(BETWEEN_LOOKS_MS);
      late = await this.#late();
    }
    const followers = this.scenery.clients.flatMap(({ rooms }) => [...rooms.values()]);
    return [...followers.flatMap(({ faults }) => faults), ...late, ...(await this.#otherThanStreams(followers))];
  }

  /** Who is in a room, and not where its stream ends. */
  async #late(): Promise<string[]> {
    const faults: string[] = [];
    for (const { name, room, position } of this.#members()) {
      const { position: end } = await this.#stream(room, 1);
      if (position?.epoch !== end.epoch || position.offset !== end.offset) {
        faults.push(`${name} in ${room}: is at ${at(position)}, and the stream ends at ${at(end)}`);
      }
    }
    return faults;
  }

  async #otherThanStreams(followers: readonly Follower[]): Promise<string[]> {
    const faults: string[] = [];
    for (const room of new Set(followers.map((follower) => follower.room))) {
      const { position, publications } = await this.#stream(room, MAX_COMPARED);
      const ids = new Map(publications.map(({ offset, id }) => [offset, id]));
      for (const { name, shown } of followers.filter((follower) => follower.room === room)) {
        for (const { epoch, offset, frame } of shown) {
          const id = epoch === position.epoch ? ids.get(offset) : undefined;
          if (id !== undefined && id !== frame.message_id) faults.push(`${name} in ${room}: ${offset} is another one`);
        }
      }
    }
    return faults;
  }

  #members(): Follower[] {
    const connected = this.scenery.clients.filter((client) => client.connected);
    return connected.flatMap(({ rooms }) => [...rooms.values()].filter(({ joined }) => joined));
  }

  #stream(room: RoomName, limit: number) {
    const node = this.scenery.nodes.find(({ alive }) => alive);
    if (!node) throw new Error('No node is running: what is in the streams cannot be read. Try nodes[0].restart().');
    return node.get(Backplane).page(room, { limit, maxBytes: Infinity });
  }
}

function at(position: StreamPosition | undefined): string {
  return position ? `${position.offset} of ${position.epoch}` : 'no position';
}
