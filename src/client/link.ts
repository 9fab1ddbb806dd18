import type { ServerFrame } from '../protocol/frames';
import { Backoff } from './backoff';
import type { ResolvedClientOptions } from './client.options';
import { Timer } from './clock';
import { type Login, Session, type SessionEnd } from './session';
import { onWake } from './wake';

/** See the table in README.md. */
export type ClientState = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'closed';

export interface StateChange {
  readonly state: ClientState;
  readonly previous: ClientState;
  /** The close code of the connection that ended; 1006 for one that was lost, or never came about. */
  readonly code?: number;
  readonly reason?: string;
  /** What went wrong, where more is known than a code. */
  readonly error?: unknown;
  /** When the next attempt begins, milliseconds from now. */
  readonly retryInMs?: number;
}

export interface LinkEvents {
  /** A session is ready. Before the change is told: what is sent in answer to that goes behind. */
  ready(login: Login): void;
  frame(frame: ServerFrame): void;
  /** A session that was ready is over. */
  lost(): void;
  changed(change: StateChange): void;
}

/** A connection that lived shorter counts as a failed attempt, milliseconds. */
const STABLE_MS = 5_000;
/** However long a server says to wait, milliseconds. */
const MAX_RETRY_MS = 300_000;

/** Keeps a session with the server: one after the other, until it is closed. */
export class Link {
  readonly #backoff: Backoff;
  readonly #retry: Timer;
  #state: ClientState = 'idle';
  #session: Session | undefined;
  #readyAt = 0;
  /** The last attempt never came about: the next one finds out why. */
  #explain = false;
  /** The server said when to come back, and nothing else counts. */
  #told = false;
  #unwatch: (() => void) | undefined;
  #closing = Promise.resolve();
  #closed: (() => void) | undefined;

  constructor(
    private readonly options: ResolvedClientOptions,
    private readonly events: LinkEvents,
  ) {
    this.#backoff = new Backoff(options.backoff);
    this.#retry = new Timer(options.clock);
  }

  get state(): ClientState {
    return this.#state;
  }

  get ready(): boolean {
    return this.#session?.ready ?? false;
  }

  /** Begins, or begins anew after the end. Otherwise it is under way already. */
  connect(): void {
    if (this.#state !== 'idle' && this.#state !== 'closed') return;
    this.#backoff.reset();
    this.#explain = false;
    this.#unwatch = onWake(() => this.#wake());
    this.#change({ state: 'connecting' });
    this.#begin();
  }

  send(text: string): void {
    this.#session?.send(text);
  }

  /** Resolves when the connection is gone. */
  close(): Promise<void> {
    const session = this.#session;
    this.#finish({ code: 1000, reason: 'closed' });
    if (session) {
      this.#closing = new Promise((resolve) => (this.#closed = resolve));
      session.close();
    }
    return this.#closing;
  }

  #begin(): void {
    const session: Session = new Session(
      this.options,
      {
        ready: (login) => this.#ready(login),
        frame: (frame) => this.#state === 'connected' && this.events.frame(frame),
        ended: (end) => (this.#session === session ? this.#ended(end) : this.#closed?.()),
      },
      this.#explain,
    );
    this.#session = session;
  }

  #ready(login: Login): void {
    if (this.#state === 'closed') return;
    const previous = this.#state;
    this.#state = 'connected';
    this.#readyAt = this.options.clock.now();
    this.#explain = false;
    this.events.ready(login);
    this.events.changed({ state: 'connected', previous });
  }

  #ended({ code, reason, error, final, reconnectInMs, retryAfterMs }: SessionEnd): void {
    const wasReady = this.#state === 'connected';
    this.#session = undefined;
    if (final) return this.#finish({ code, reason, error });
    if (!wasReady) this.#explain = !this.#explain;
    else if (this.options.clock.now() - this.#readyAt >= STABLE_MS) this.#backoff.reset();
    this.#told = (reconnectInMs ?? retryAfterMs) !== undefined;
    // Those who were sent away together with `Retry-After` would come back together.
    const waitMs = reconnectInMs ?? (retryAfterMs ?? 0) + this.#backoff.next();
    const retryInMs = Math.min(waitMs, MAX_RETRY_MS);
    this.#retry.set(retryInMs, () => this.#begin());
    this.#change({ state: 'reconnecting', code, reason, error, retryInMs });
  }

  #finish(change: Omit<StateChange, 'state' | 'previous'>): void {
    if (this.#state === 'closed') return;
    this.#session = undefined;
    this.#retry.clear();
    this.#unwatch?.();
    this.#change({ state: 'closed', ...change });
  }

  /** The network may be back, or may have gone: both are known soonest by trying. */
  #wake(): void {
    this.#session?.probe();
    if (!this.#retry.pending || this.#told) return;
    this.#retry.clear();
    this.#backoff.reset();
    this.#begin();
  }

  #change(change: Omit<StateChange, 'previous'>): void {
    const previous = this.#state;
    this.#state = change.state;
    if (previous === 'connected') this.events.lost();
    this.events.changed({ ...change, previous });
  }
}
