import type { Duplex } from 'node:stream';
import type { Batch } from './batch';
import { Frame, joined } from './frame';
import type { WriteScheduler } from './write-scheduler';
import type { WireFormat } from './wire-format';

export interface OutboxLimits {
  readonly maxFrames: number;
  readonly maxBytes: number;
}

export interface OutboxOwner {
  /** The reader is too slow: more waits for it than the limits allow. */
  overflowed(): void;
  /** A volatile frame was dropped to stay within the limits. */
  dropped(): void;
  /** A frame for this reader alone was taken. */
  pushed(frame: Frame): void;
  /** Bytes were handed to the socket. */
  wrote(bytes: number): void;
  /** The socket took what waited, or a part of it. */
  progressed(): void;
}

/** How much of a backlog is handed to the socket at a time; what is still here can be counted and dropped. */
const CHUNK_BYTES = 64 * 1024;

/**
 * What waits to be written to one socket. As long as the socket takes everything, a turn's frames leave in one write
 * at its end; when it does not, they wait here, within limits.
 */
export class SendQueue {
  #own: Frame[] = [];
  #batch: Batch | undefined;
  #moreBatches: Batch[] | undefined;
  #due = false;
  /** Bytes of replays among what this turn brought. */
  #replayBytes = 0;

  #backlog: Frame[] = [];
  /** Frames of the backlog that count against the limits: all but replays. */
  #counted = 0;
  #countedBytes = 0;
  #writing = false;
  #closed = false;
  /** Who waits until the replays so far have left. */
  #replayed: (() => void)[] = [];

  /** Frames handed to this outbox so far. */
  sent = 0;

  constructor(
    private readonly socket: Duplex,
    private readonly turn: WriteScheduler,
    private readonly limits: OutboxLimits,
    private readonly owner: OutboxOwner,
    private readonly form: WireFormat = 'json',
  ) {
    turn.openOutboxes++;
  }

  /** Frames that wait because the socket does not take them. */
  get depth(): number {
    return this.#backlog.length;
  }

  /** Whether anything waits for the socket. */
  get waits(): boolean {
    return this.#backlog.length > 0 || this.#replayed.length > 0;
  }

  /** Whether a part of a replay has not left yet. */
  get replaying(): boolean {
    return this.#replayed.length > 0 || this.#backlog.length > this.#counted;
  }

  get idle(): boolean {
    return !this.#due && !this.#backlog.length && this.socket.writableLength === 0;
  }

  push(frame: Frame): void {
    if (this.#closed) return;
    this.#own.push(this.turn.sequence(frame));
    this.owner.pushed(frame);
    if (frame.priority === 'replay') this.#replayBytes += frame.length;
    this.#enlist();
  }

  /** Resolves when the replays handed over so far have left, or nothing is written any more. */
  replayed(): Promise<void> {
    if (this.#closed || !(this.#due || this.#writing)) return Promise.resolve();
    return new Promise((resolve) => this.#replayed.push(resolve));
  }

  /** Takes a batch that many outboxes share. Called by rooms at the end of a turn. */
  share(batch: Batch): void {
    if (this.#closed) return;
    batch.recipients++;
    if (this.#batch === undefined) this.#batch = batch;
    else (this.#moreBatches ??= []).push(batch);
    this.#enlist();
  }

  /** Writes what this turn brought, if anything. */
  flush(): void {
    const due = this.#due;
    this.#due = false;
    if (!due || this.#closed) return;
    const batch = this.#batch;
    // A long replay waits here even when the socket is free: nobody's buffers hold it as a whole.
    const long = this.#replayBytes > CHUNK_BYTES || this.#replayed.length > 0;
    this.#replayBytes = 0;
    if (long || this.#backlog.length || this.#isFull) {
      this.#wait(this.#gather());
    } else if (batch && !this.#own.length && !this.#moreBatches) {
      this.#batch = undefined;
      this.sent += batch.frames.length;
      this.#write(batch.in(this.form));
    } else {
      this.#write(joined(this.#gather(), this.form));
    }
  }

  /** Nothing is taken or written any more. */
  close(): void {
    if (!this.#closed) this.turn.openOutboxes--;
    this.#closed = true;
    this.#own = [];
    this.#batch = this.#moreBatches = undefined;
    this.#backlog = [];
    this.#counted = this.#countedBytes = 0;
    this.#tellReplayed();
  }

  /** Whether the socket still has something to write; what is corked is not on its way yet. */
  get #isFull(): boolean {
    return this.socket.writableLength > 0 && !this.socket.writableCorked;
  }

  #enlist(): void {
    if (this.#due) return;
    this.#due = true;
    this.turn.addOutbox(this);
  }

  /** This turn's frames in the order they were stamped. */
  #gather(): Frame[] {
    const frames = this.#own;
    this.#own = [];
    if (this.#batch) {
      frames.push(...this.#batch.frames);
      for (const batch of this.#moreBatches ?? []) frames.push(...batch.frames);
      frames.sort((a, b) => a.seq - b.seq);
      this.#batch = this.#moreBatches = undefined;
    }
    this.sent += frames.length;
    return frames;
  }

  #write(bytes: Buffer): void {
    if (!this.socket.writable) return;
    this.owner.wrote(bytes.length);
    this.socket.write(bytes);
  }

  #wait(frames: Frame[]): void {
    for (const frame of frames) this.#count(frame, 1);
    this.#backlog = this.#backlog.length ? this.#backlog.concat(frames) : frames;
    this.#drain();
    if (this.#overLimits()) this.#dropVolatile();
    if (this.#overLimits()) this.owner.overflowed();
  }

  #overLimits(): boolean {
    return this.#counted > this.limits.maxFrames || this.#countedBytes > this.limits.maxBytes;
  }

  #dropVolatile(): void {
    this.#backlog = this.#backlog.filter((frame) => {
      if (frame.priority !== 'volatile' || !this.#overLimits()) return true;
      this.#count(frame, -1);
      this.sent--;
      this.owner.dropped();
      return false;
    });
  }

  #count(frame: Frame, sign: 1 | -1): void {
    if (frame.priority === 'replay') return;
    this.#counted += sign;
    this.#countedBytes += sign * frame.length;
  }

  /** One write at a time while there is a backlog; its callback is the only sign that a socket takes bytes again. */
  #drain(): void {
    if (this.#writing || !this.#backlog.length || !this.socket.writable) return;
    this.#writing = true;
    const chunk = this.#nextChunk();
    this.owner.wrote(chunk.length);
    this.socket.write(chunk, () => {
      this.#writing = false;
      if (this.#closed) return;
      this.#drain();
      if (this.#backlog.length === this.#counted) this.#tellReplayed();
      this.owner.progressed();
    });
  }

  #tellReplayed(): void {
    for (const resolve of this.#replayed.splice(0)) resolve();
  }

  #nextChunk(): Buffer {
    let bytes = 0;
    let frames = 0;
    while (frames < this.#backlog.length && (frames === 0 || bytes + this.#backlog[frames].length <= CHUNK_BYTES)) {
      bytes += this.#backlog[frames++].length;
    }
    const chunk = this.#backlog.slice(0, frames);
    this.#backlog = this.#backlog.slice(frames);
    for (const frame of chunk) this.#count(frame, -1);
    return joined(chunk, this.form);
  }
}
