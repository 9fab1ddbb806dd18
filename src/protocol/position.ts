/** A place in a room's stream. Offsets are dense within an epoch: 1, 2, 3 …; 0 is the place before the first. */
export interface StreamPosition {
  /** Drawn when the stream is created, so that a lost stream cannot be mistaken for a recovered one. */
  readonly epoch: string;
  readonly offset: number;
}

/** A position as the header `Realtime-Position` carries it: `<epoch>:<offset>`. */
export function formatPosition({ epoch, offset }: StreamPosition): string {
  return `${epoch}:${offset}`;
}

/** Reads what `formatPosition` wrote; nothing where that is not it. */
export function parsePosition(text: string | null | undefined): StreamPosition | undefined {
  const [, epoch, offset] = /^(.+):(\d{1,15})$/.exec(text ?? '') ?? [];
  return epoch === undefined ? undefined : { epoch, offset: Number(offset) };
}
