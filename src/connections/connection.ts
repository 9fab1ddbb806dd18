import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Identity } from '../auth/identity';
import { inOwnContext } from '../async/own-context';
import { CLOSE_CODES, CloseReason } from '../protocol/close-codes';
import { decodeFrame, encodeFrame } from '../protocol/codec';
import type { ErrorCode, RealtimeError } from '../protocol/errors';
import type { ClientFrame, ServerFrameData, ServerFrameType } from '../protocol/frames';
import type { ConnectionContext } from './connection-context';
import { ControlFrame, Frame, PING_FRAME, pongFrame, TextFrame } from './frame';
import { detachReader } from './frame-reader';
import type { InboundFrame } from './inbound-frame';
import { ReceiveQueue } from './receive-queue';
import { Intake } from './intake';
import { nextMessageId } from '../protocol/message-id';
import { decodeMsgpackFrame } from './msgpack';
import { SendQueue } from './send-queue';
import { timestamp } from '../async/timestamp';
import type { TokenBucket } from './token-bucket';
import type { WireFormat } from './wire-format';
import { uniqueId } from '../protocol/unique-id';

export interface ClientInfo {
  readonly address: string;
  /** `user-agent` and the like, without credentials: what the host's own hooks may want to know. */
  readonly userAgent?: string;
  /** How its frames look on the wire. @default 'json' */
  readonly form?: WireFormat;
}

const UNAUTHENTICATED_MAX_BYTES = 4 * 1024;
/** Where frames are compressed they are whole only a while later, and larger than what came. */
const UNAUTHENTICATED_MAX_COMPRESSED = 64 * 1024;
/** Of a client's frame up to that size: two bytes, two more for the length from 126 on, and four of the mask. */
const frameBytes = (payload: number): number => payload + (payload < 126 ? 6 : 8);
const MAX_CLOSE_BYTES = 123;

/** One client's socket: who is there, what came from it and what is due to it. */
export class Connection {
  readonly id = uniqueId();
  readonly connectedAt: number;
  /** Whether its frames are MessagePack, not JSON. */
  readonly binary: boolean;
  readonly inbox: ReceiveQueue;
  readonly outbox: SendQueue;
  readonly intake: Intake;
  identity: Identity | undefined;
  /** When anything came from the client, milliseconds since 1970. */
  lastSeenAt: number;
  pingedAt: number;
  messagesReceived = 0;
  /** How often it was answered with an error. */
  errors = 0;
  /** What it may still send; for the rate limit. */
  frameBudget: TokenBucket | undefined;
  /** How often it may still be refused before it is closed; from the first refusal on. */
  refusalBudget: TokenBucket | undefined;
  #controlsSent = 0;
  #closed = false;
  /** Whether something waited at the last ping, and none of it has left since. */
  #stalled = false;
  /** The code we closed with; a client may answer with another one, or not at all. */
  #closedWith: number | undefined;
  /** What came from a client without a name, and is no whole frame yet. */
  #unreadBytes = 0;
  readonly #compressed: boolean;

  constructor(
    private readonly ws: WebSocket,
    private readonly socket: Duplex,
    readonly client: ClientInfo,
    private readonly context: ConnectionContext<Connection>,
  ) {
    this.binary = client.form?.startsWith('msgpack') ?? false;
    this.#compressed = ws.extensions !== '';
    this.connectedAt = this.lastSeenAt = this.pingedAt = context.clock.now();
    this.intake = new Intake(ws, context.clock, context.bytes);
    this.inbox = new ReceiveQueue(this, context.inbox, context.clock);
    this.outbox = new SendQueue(socket, context.turn, context.outbox, this, client.form);
  }

  get userId(): string | undefined {
    return this.identity?.userId;
  }

  get messagesSent(): number {
    return this.outbox.sent - this.#controlsSent;
  }

  /** True from the moment the server decided to close, or the client was gone. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Reads one frame of the client. @throws MalformedFrame */
  decode(bytes: Buffer): ClientFrame {
    if (this.binary) return decodeMsgpackFrame(bytes, this.context.maxMessageBytes);
    return decodeFrame(bytes.toString());
  }

  /** Sends one frame. The type is the protocol's or, for the host's own gateways, theirs. */
  send<Type extends ServerFrameType>(type: Type, data: ServerFrameData[Type], replyTo?: string): void;
  send(type: string, data: unknown, replyTo?: string): void;
  send(type: string, data: unknown, replyTo?: string): void {
    this.sendText(this.encode(type, data, replyTo), type);
  }

  /** The text of a frame for this connection. @throws TypeError when `data` is no JSON */
  encode(type: string, data: unknown, replyTo?: string): string {
    return encodeFrame(type, data, nextMessageId(), timestamp(), replyTo);
  }

  sendText(text: string, type: string): void {
    this.outbox.push(new TextFrame(text, type));
  }

  sendError(error: RealtimeError): void {
    this.countError(error.code);
    this.send('error', error.toData());
  }

  countError(code: ErrorCode): void {
    this.errors++;
    this.context.traffic.errors[code]++;
  }

  ping(at: number): void {
    // A replay counts against no limit: who takes nothing of it from one ping to the next would keep it for ever.
    if (this.#stalled && this.outbox.waits) return this.overflowed();
    this.#stalled = this.outbox.waits;
    this.pingedAt = at;
    this.#control(PING_FRAME);
  }

  pong(payload: Buffer): void {
    this.#control(pongFrame(payload));
  }

  /** Sends what is due, then closes. Nothing that comes after is handled. */
  close(reason: CloseReason, message: string = reason): void {
    if (this.#closed) return;
    this.context.turn.flush();
    this.#end();
    // A paused socket would not see the client's own close frame.
    this.intake.close();
    this.#closedWith = CLOSE_CODES[reason];
    this.ws.close(this.#closedWith, cut(message));
    if (!this.identity) this.#turnAway();
  }

  /** Ends the connection without a word. */
  terminate(): void {
    this.#end();
    this.ws.terminate();
  }

  /** Lets nobody without a name make us hold more than 4 KiB of one frame. */
  watchUnauthenticated(): void {
    const arrived = (chunk: Buffer): void => {
      if (!this.identity) return void (this.#unreadBytes += chunk.length);
      this.socket.off('data', arrived).off('data', parsed);
    };
    const most = this.#compressed ? UNAUTHENTICATED_MAX_COMPRESSED : frameBytes(UNAUTHENTICATED_MAX_BYTES);
    const parsed = (): void => {
      if (this.#unreadBytes > most) this.close('message_too_big');
    };
    // Around the listener of `ws`, which takes the whole frames out of each chunk.
    this.socket.prependListener('data', arrived).on('data', parsed);
  }

  // From the socket.

  /** Anything at all, as it comes: a part of a frame, or many of them. */
  arrived(bytes: number): void {
    this.intake.arrived(bytes);
  }

  received(bytes: Buffer, binary: boolean): void {
    if (this.#closed) return;
    this.lastSeenAt = this.context.clock.now();
    // What it is in memory counts, too: a thousand times what came, perhaps.
    if (this.#compressed) this.intake.arrived(bytes.length);
    if (!this.identity) this.#isWhole(bytes.length);
    if (binary !== this.binary) {
      return this.close('unsupported_data', `this subprotocol takes ${this.binary ? 'binary' : 'text'} frames`);
    }
    if (!this.identity && bytes.length > UNAUTHENTICATED_MAX_BYTES) return this.close('message_too_big');
    this.messagesReceived++;
    this.context.traffic.framesReceived++;
    this.context.traffic.bytesReceived += bytes.length;
    this.inbox.push(bytes);
  }

  controlReceived(kind: 'ping' | 'pong', payload: Buffer): void {
    if (this.#closed) return;
    this.lastSeenAt = this.context.clock.now();
    if (!this.identity) this.#isWhole(payload.length);
    this.context.handler.control(this, kind, payload);
  }

  failed(error: Error): void {
    this.#end();
    this.intake.end();
    detachReader(this.socket);
    this.context.handler.protocolError(this, error);
  }

  gone(code: number): void {
    this.#end();
    this.intake.end();
    inOwnContext(() => this.context.handler.closed(this, this.#closedWith ?? code));
  }

  // From the inbox and the outbox.

  handle(bytes: Buffer): void | Promise<void> {
    return inOwnContext(() => this.context.handler.frame(this, bytes));
  }

  timedOut(frame: InboundFrame | undefined): void {
    inOwnContext(() => this.context.handler.timedOut(this, frame));
  }

  /** A client that does not read is not read: the next frame waits until a replay has left. */
  held(): boolean {
    return this.outbox.replaying;
  }

  pause(): void {
    this.intake.hold();
  }

  resume(): void {
    this.lastSeenAt = this.context.clock.now();
    this.intake.release();
  }

  overflowed(): void {
    this.context.traffic.slowConsumers++;
    this.outbox.close();
    this.close('slow_consumer', 'too many frames waiting: read faster, then resume with "since"');
  }

  dropped(): void {
    this.context.traffic.volatileDropped++;
  }

  pushed({ type, priority }: Frame): void {
    if (type) this.context.traffic.sentByType.add(type);
    if (priority === 'replay') this.context.traffic.replays++;
  }

  wrote(bytes: number): void {
    this.context.traffic.bytesSent += bytes;
  }

  /** Whoever takes bytes is there. And the next frame may have waited for the end of a replay. */
  progressed(): void {
    this.lastSeenAt = this.context.clock.now();
    this.#stalled = false;
    this.inbox.next();
  }

  #isWhole(payload: number): void {
    this.#unreadBytes = Math.max(0, this.#unreadBytes - frameBytes(payload));
  }

  /** What a client without a name still sends is thrown away: `ws` would hold a whole frame until it has closed. */
  #turnAway(): void {
    this.socket.removeAllListeners('data').resume();
    this.socket.end();
  }

  #control(bytes: Buffer): void {
    this.#controlsSent++;
    this.outbox.push(new ControlFrame(bytes));
  }

  #end(): void {
    this.#closed = true;
    this.inbox.close();
    this.outbox.close();
  }
}

/** A close frame has room for 123 bytes of text. */
function cut(message: string): string {
  const bytes = Buffer.from(message);
  if (bytes.length <= MAX_CLOSE_BYTES) return message;
  let end = MAX_CLOSE_BYTES;
  while ((bytes[end] & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
