import { mayReconnect } from '../protocol/close-codes';
import type { ServerFrame, ServerFrameData } from '../protocol/frames';
import { RealtimeClientError } from './client-error';
import type { ResolvedClientOptions } from './client.options';
import { Timer } from './clock';
import { Heartbeat } from './heartbeat';
import { Socket, type SocketEnd } from './socket';

export type Login = ServerFrameData['auth_success'];

/** How a session ended, and what that means for the next one. */
export interface SessionEnd extends SocketEnd {
  /** Trying again would not help. */
  readonly final: boolean;
  /** It was told when to come back: milliseconds, not to be spread any more. */
  readonly reconnectInMs?: number;
  readonly error?: unknown;
}

export interface SessionEvents {
  ready(login: Login): void;
  /** What comes once it is ready. */
  frame(frame: ServerFrame): void;
  ended(end: SessionEnd): void;
}

/** The subprotocol every server of this protocol speaks. Written out: browsers need no more of the frames than types. */
const SUBPROTOCOL = 'realtime.v1.json';
/** What a subprotocol may be made of, as far as tokens are. */
const PROTOCOL_TOKEN = /^[\w.~+-]+$/;
const LOST = 1006;
/** Answers to an upgrade that blame the client, but may be others later. */
const PASSING_STATUS = [408, 429];
/** Refusals of a login that pass. */
const PASSING = ['limit_exceeded', 'unavailable'];

/** One connection, from the token to the end. */
export class Session {
  readonly #timer: Timer;
  #socket: Socket | undefined;
  #heartbeat: Heartbeat | undefined;
  #token: string | undefined;
  #ready = false;
  #over = false;
  #refusal: RealtimeClientError | undefined;
  #reconnectInMs: number | undefined;

  /**
   * `explain`: show the token in a frame rather than in the handshake. That is a round trip more, but a browser is not
   * told why a handshake failed.
   */
  constructor(
    private readonly options: ResolvedClientOptions,
    private readonly events: SessionEvents,
    private readonly explain: boolean,
  ) {
    this.#timer = new Timer(options.clock);
    this.#timer.set(options.connectTimeoutMs, () => this.#fail('connecting took too long'));
    void this.#open();
  }

  get ready(): boolean {
    return this.#ready && !this.#over;
  }

  send(text: string): void {
    this.#socket?.send(text);
  }

  /** Asks whether the link still lives. */
  probe(): void {
    this.#heartbeat?.probe();
  }

  /** Ends it with a close frame; `ended` follows. */
  close(): void {
    this.#timer.clear();
    this.#heartbeat?.stop();
    if (this.#socket) this.#socket.close();
    else this.#end({ code: 1000, reason: '' });
  }

  async #open(): Promise<void> {
    try {
      this.#token = await Promise.resolve().then(() => this.options.token?.());
    } catch (error) {
      return this.#fail('there is no token', error);
    }
    if (!this.#over) this.#connect();
  }

  #connect(): void {
    const { WebSocket, url, clock } = this.options;
    const token = this.#token;
    const shown = token !== undefined && !this.explain && PROTOCOL_TOKEN.test(token);
    const protocols = shown ? [SUBPROTOCOL, `bearer.${token}`] : [SUBPROTOCOL];
    try {
      this.#socket = new Socket(WebSocket, url, protocols, clock, {
        message: (text) => this.#read(text),
        end: (end) => this.#end(end),
      });
    } catch (error) {
      this.#end({ code: LOST, reason: 'no such address', error, final: true });
    }
  }

  #read(text: string): void {
    let frame: ServerFrame;
    try {
      frame = JSON.parse(text) as ServerFrame;
    } catch (error) {
      return this.#fail('that is no frame', error);
    }
    this.#receive(frame);
  }

  #receive(frame: ServerFrame): void {
    this.#heartbeat?.seen();
    if (frame.type === 'server_shutdown') {
      this.#reconnectInMs = (frame.data as ServerFrameData['server_shutdown']).reconnect_in_ms;
    }
    if (this.#ready) this.events.frame(frame);
    else this.#login(frame);
  }

  #login({ type, data }: ServerFrame): void {
    if (type === 'auth_required') this.#authenticate();
    else if (type === 'auth_success') this.#begin(data as Login);
    else if (type === 'auth_failed' || type === 'error') {
      this.#refusal = RealtimeClientError.of(data as ServerFrameData['error']);
      // The connection stays open after an error, but would have to be tried again from here.
      if (type === 'error') this.#fail(this.#refusal.message, this.#refusal);
    }
  }

  #authenticate(): void {
    if (this.#token === undefined) {
      this.#socket?.drop();
      return this.#end({ code: 4501, reason: 'the server wants a token', final: true });
    }
    this.send(JSON.stringify({ type: 'authenticate', data: { token: this.#token } }));
  }

  #begin(login: Login): void {
    this.#timer.clear();
    this.#ready = true;
    this.#heartbeat = new Heartbeat(this.options.clock, login.heartbeat_ms, {
      ping: () => this.send('{"type":"ping"}'),
      dead: () => this.#fail('the link is dead'),
    });
    this.events.ready(login);
  }

  /** Gives it up without waiting for the other side. */
  #fail(reason: string, error?: unknown): void {
    this.#socket?.drop();
    this.#end({ code: LOST, reason, error });
  }

  #end({ final, ...end }: SocketEnd & Partial<SessionEnd>): void {
    if (this.#over) return;
    this.#over = true;
    this.#timer.clear();
    this.#heartbeat?.stop();
    const error = end.error ?? this.#refusal;
    this.events.ended({ ...end, error, reconnectInMs: this.#reconnectInMs, final: final ?? this.#isFinal(end) });
  }

  #isFinal({ code, status }: SocketEnd): boolean {
    if (status !== undefined) return status < 500 && !PASSING_STATUS.includes(status);
    return !mayReconnect(code) && !PASSING.includes(this.#refusal?.code ?? '');
  }
}
