import type { Socket } from 'node:net';
import type { TestClient } from '../../support/client';

const EVERY_MS = 20;

/** Lets a client read no more than this many bytes a second. Returns what ends that. */
export function slowLink({ ws }: TestClient, bytesPerSecond: number): () => void {
  const each = (bytesPerSecond * EVERY_MS) / 1000;
  let left = each;
  const { _socket: socket } = ws as unknown as { _socket: Socket };
  socket.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left <= 0) ws.pause();
  });
  const timer = setInterval(() => {
    left = Math.min(each, left + each);
    if (left > 0) ws.resume();
  }, EVERY_MS);
  return () => clearInterval(timer);
}
