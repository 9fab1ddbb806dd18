import { Injectable } from '@nestjs/common';
import type { Connection } from '../../connections/connection';
import { InboundFrame } from '../../connections/inbound-frame';
import { RealtimeCounters } from '../../connections/realtime-counters';
import { Disconnect } from '../../protocol/close-codes';
import { isTypeName, MalformedFrame } from '../../protocol/codec';
import { RealtimeError } from '../../protocol/errors';
import { AdapterFailures } from '../../logging/adapter-failures';
import { mapMaybePromise, isPromise } from '../../async/maybe-promise';
import type { Command } from './command';
import { Commands } from './commands';
import { ErrorBudget } from '../limits/error-budget';
import { ErrorFilter } from './error.filter';
import { asObject } from '../validation/frame.pipe';
import { givenUp } from './last-value';
import { MemoryReplyStore } from '../idempotency/memory-reply-store';
import { RateLimit } from '../limits/rate-limit';
import { ReplyStore, StoredReply } from '../idempotency/reply-store';

/** The way of a frame: decode, charge, find the command, run it once, answer once. */
@Injectable()
export class Dispatcher {
  readonly #replyFailures = new AdapterFailures('The reply store');

  constructor(
    private readonly commands: Commands,
    private readonly rateLimit: RateLimit,
    private readonly errorBudget: ErrorBudget,
    private readonly replies: ReplyStore,
    /** A connection is in one process, and so are the replies to what concerns it alone. */
    private readonly ownReplies: MemoryReplyStore,
    private readonly errors: ErrorFilter,
    private readonly traffic: RealtimeCounters,
  ) {}

  dispatch(connection: Connection, bytes: Buffer): void | Promise<void> {
    const frame = this.#decode(connection, bytes);
    const known = frame && this.commands.find(frame.type);
    if (known) known.received++;
    else this.traffic.unknownFrames++;
    if (!frame) return;
    let command: Command | undefined;
    const execute = (): StoredReply | Promise<StoredReply> => {
      command = this.#allow(connection, frame.type, known);
      asObject(frame.data);
      connection.inbox.current = frame;
      return this.#once(command, connection, frame);
    };
    try {
      const reply = mapMaybePromise(this.rateLimit.charge(connection, frame.type), execute);
      if (!isPromise(reply)) return this.#reply(connection, frame, reply);
      return reply
        .then((late) => this.#reply(connection, frame, late))
        .catch((error: unknown) => this.#fail(connection, frame, error, command));
    } catch (error) {
      return this.#fail(connection, frame, error, command);
    }
  }

  /** The handler of this frame was given up. Its late result will find the answer taken. */
  timedOut(connection: Connection, frame: InboundFrame): void {
    void this.#sendError(connection, frame, givenUp());
  }

  #decode(connection: Connection, bytes: Buffer): InboundFrame | undefined {
    try {
      const { type, data, message_id } = connection.decode(bytes);
      return new InboundFrame(type, data ?? {}, message_id, bytes.length);
    } catch (error) {
      this.#refuseMalformed(connection, error as MalformedFrame);
      return undefined;
    }
  }

  #refuseMalformed(connection: Connection, malformed: MalformedFrame): void {
    const frame = new InboundFrame('', {}, malformed.messageId);
    try {
      this.rateLimit.chargeConnection(connection);
      void this.#sendError(connection, frame, malformed);
      if (this.errorBudget.exhaust(connection)) connection.close('too_many_errors');
    } catch (refusal) {
      void this.#sendError(connection, frame, refusal as RealtimeError | Disconnect);
    }
  }

  /** To a client nobody knows, no command but those for it is said to exist. */
  #allow(connection: Connection, type: string, command: Command | undefined): Command {
    if (!connection.identity && !command?.unauthenticated) {
      throw new RealtimeError('unauthorized', 'Authenticate first: {"type":"authenticate","data":{"token":"…"}}.');
    }
    if (command) return command;
    throw new RealtimeError('unknown_type', `The server does not know the type "${isTypeName(type) ? type : '…'}".`);
  }

  /** Runs a command, unless this `message_id` was answered before. */
  #once(command: Command, connection: Connection, frame: InboundFrame): StoredReply | Promise<StoredReply> {
    const key = idempotencyKey(command, connection, frame);
    if (key === undefined) return mapMaybePromise(command.run(connection, frame), toReply);
    const own = command.idempotency === 'connection';
    const replies = own ? this.ownReplies : this.replies;
    const claimed = own ? this.#claimOwn(key, command, connection) : replies.claim(key);
    return mapMaybePromise(claimed, (kept) => kept ?? this.#runAndKeep(replies, key, command, connection, frame));
  }

  /** A reply about the connection does not outlive what it says: as `room_joined` of a room it was turned out of. */
  #claimOwn(
    key: string,
    command: Command,
    connection: Connection,
  ): StoredReply | undefined | Promise<StoredReply | undefined> {
    return mapMaybePromise(this.ownReplies.claim(key), (kept) => {
      if (!kept || command.holds(connection, kept)) return kept;
      this.ownReplies.forget(key);
      return this.#claimOwn(key, command, connection);
    });
  }

  #runAndKeep(
    replies: ReplyStore,
    key: string,
    command: Command,
    connection: Connection,
    frame: InboundFrame,
  ): StoredReply | Promise<StoredReply> {
    const keep = (result: unknown): StoredReply => {
      const reply = toReply(result);
      this.#replyFailures.watch(replies.keep(key, reply));
      return reply;
    };
    const release = (error: unknown): never => {
      this.#replyFailures.contain(() => replies.release(key));
      throw error;
    };
    // It waited for another frame's claim, and meanwhile its own time was over.
    if (frame.answered || connection.closed) return release(givenUp());
    frame.executionId = () => replies.executionId(key);
    try {
      const result = command.run(connection, frame);
      return isPromise(result) ? Promise.resolve(result).then(keep).catch(release) : keep(result);
    } catch (error) {
      return release(error);
    }
  }

  #fail(connection: Connection, frame: InboundFrame, error: unknown, command?: Command): void | Promise<void> {
    if (command?.filtered) return this.#filter(command, connection, frame, error);
    return this.#sendError(connection, frame, this.errors.catch(error, command?.name ?? 'A frame', connection));
  }

  async #filter(command: Command, connection: Connection, frame: InboundFrame, error: unknown): Promise<void> {
    let cause = error;
    try {
      const made = await command.filter(error, connection, frame);
      if (isEvent(made)) return await this.#reply(connection, frame, toReply(made));
      if (made instanceof Error) cause = made;
    } catch (thrown) {
      cause = this.errors.fromFilter(thrown, error, command.name, connection);
    }
    return this.#sendError(connection, frame, this.errors.catch(cause, command.name, connection));
  }

  #sendError(connection: Connection, frame: InboundFrame, error: RealtimeError | Disconnect): void | Promise<void> {
    if (error instanceof RealtimeError) {
      if (!frame.answered && !connection.closed) connection.countError(error.code);
      return this.#answer(connection, frame, 'error', error.toData());
    }
    frame.claimAnswer();
    connection.close(error.reason, error.message);
    return this.#settle(connection, frame, false);
  }

  #reply(connection: Connection, frame: InboundFrame, { type, data }: StoredReply): void | Promise<void> {
    return this.#answer(connection, frame, type, data);
  }

  #answer(connection: Connection, frame: InboundFrame, type: string, data: unknown): void | Promise<void> {
    const silent = type === 'ack' && frame.messageId === undefined;
    // Encoded before the answer is claimed: data that is no JSON is still answered, with an error.
    const text = silent ? '' : connection.encode(type, data, frame.messageId);
    const mine = frame.claimAnswer() && !connection.closed;
    if (mine && !silent) connection.sendText(text, type);
    return this.#settle(connection, frame, mine && type !== 'error');
  }

  /** What was prepared for after the reply. The frame is answered by now: a failure can only go to the log. */
  #settle(connection: Connection, frame: InboundFrame, sent: boolean): void | Promise<void> {
    const failed = (error: unknown): void => void this.errors.catch(error, `After "${frame.type}"`, connection);
    try {
      return frame.settle(sent)?.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

/** What a repeated frame has in common with the first: who, where, and its id. */
function idempotencyKey(command: Command, connection: Connection, frame: InboundFrame): string | undefined {
  if (frame.messageId === undefined || command.idempotency === 'none' || !connection.userId) return undefined;
  const { room } = frame.data as { room?: unknown };
  const where = command.idempotency === 'connection' ? connection.id : '';
  // U+0000 is in none of the first three, so that no two frames make the same key.
  return `${frame.messageId}\0${where}\0${connection.userId}\0${typeof room === 'string' ? room : ''}`;
}

/** A handler's return value as a reply: `{ event, data }` is one; anything else is the data of an `ack`. */
function toReply(result: unknown): StoredReply {
  if (isEvent(result)) return { type: result.event, data: sendable(result.data) ?? {} };
  if (result === undefined || result === null) return { type: 'ack', data: {} };
  sendable(result);
  return { type: 'ack', data: typeof result === 'object' && !Array.isArray(result) ? result : { result } };
}

/** @throws TypeError for what would be read as an object without keys, and never end */
function sendable<Data>(data: Data): Data {
  if (typeof data !== 'object' || data === null || !(Symbol.asyncIterator in data)) return data;
  throw new TypeError(
    'A reply is one value: an async iterable or a stream cannot be sent. Return a value, a Promise or an Observable, ' +
      'whose last value is the reply, or emit an event for each item.',
  );
}

function isEvent(value: unknown): value is { event: string; data?: unknown } {
  return typeof value === 'object' && value !== null && 'event' in value && isTypeName(value.event);
}
