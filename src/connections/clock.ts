let current = 0;

function forget(): void {
  current = 0;
}

/**
 * Milliseconds since 1970, read once per turn of the event loop: a frame asks several times, and on some machines the
 * clock costs more than encoding the frame.
 */
export function now(): number {
  if (current === 0) {
    current = Date.now();
    setImmediate(forget);
  }
  return current;
}
