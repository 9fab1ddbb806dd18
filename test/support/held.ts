import type { StreamPage } from '../../src';
import type { TestClient } from './client';

/** What a client has of a room since it was last told to load its state anew. */
export interface Held {
  /** The place it loads its state at. */
  readonly from: number;
  /** The publications after it, by their `message_id`, in the order they were shown. */
  readonly ids: readonly string[];
  /** How often it was told to load its state anew, its first join not counted. */
  readonly told: number;
}

export function heldBy({ frames }: TestClient, room: string): Held {
  let held = { from: 0, ids: [] as string[], told: -1 };
  for (const { type, room: place, data, offset, message_id } of frames) {
    if (place === room && offset !== undefined) held.ids.push(message_id);
    if (data.room !== room || (type !== 'room_reset' && !(type === 'room_joined' && data.recovered === false)))
      continue;
    held = { from: data.offset as number, ids: [], told: held.told + 1 };
  }
  return held;
}

/** What the stream has after the place a client loads its state at. */
export function dueAfter(from: number, { publications }: StreamPage): string[] {
  return publications.filter(({ offset }) => offset > from).map(({ id }) => id);
}
