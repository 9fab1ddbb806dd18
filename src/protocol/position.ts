/** A place in a room's stream. Offsets are dense within an epoch: 1, 2, 3 …; 0 is the place before the first. */
export interface StreamPosition {
  /** Drawn when the stream is created, so that a lost stream cannot be mistaken for a recovered one. */
  readonly epoch: string;
  readonly offset: number;
}
