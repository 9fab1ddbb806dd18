import { Injectable } from '@nestjs/common';
import { ErrorCode, ERRORS } from '../protocol/errors';
import { RESERVED_TYPES } from '../protocol/frames';
import type { Histogram } from './histogram';
import { TypeCounts } from './type-counts';

/** What this process has seen since it started: plain counters, cheap enough for every frame. */
@Injectable()
export class RealtimeCounters {
  connectionsOpened = 0;
  framesReceived = 0;
  /** Frames whose type no command has, and those without one. */
  unknownFrames = 0;
  /** Of the frames' payloads, as they are once decompressed. */
  bytesReceived = 0;
  /** As they were handed to the sockets, pings included. */
  bytesSent = 0;
  /** What was sent to single connections; with what rooms shared out where metrics are on. */
  readonly sentByType = new TypeCounts(RESERVED_TYPES);
  /** Publications that came from the backplane and had members here. */
  publications = 0;
  /** Publications times the members they went to. */
  deliveries = 0;
  /** Publications sent again, to a connection that had missed them or had them in its mailbox. */
  replays = 0;
  /** Joins with a `since` that was still in the stream. */
  recovered = 0;
  /** Joins with a `since` that was not. */
  unrecovered = 0;
  volatileDropped = 0;
  slowConsumers = 0;
  rateLimited = 0;
  malformed = 0;
  handlerTimeouts = 0;
  /** Messages nobody acknowledged before they were too old, or too many. */
  mailboxDropped = 0;
  /** Entries the database could not take in time. */
  auditDropped = 0;
  /** Stored chat messages the relay published, attempts of it that failed, and messages it set aside. */
  chatRelayed = 0;
  chatRelayFailures = 0;
  chatSetAside = 0;
  /** Errors sent to clients. */
  readonly errors = Object.fromEntries(Object.keys(ERRORS).map((code) => [code, 0])) as Record<ErrorCode, number>;
  /** How long the backplane took to take a publication, seconds. Not measured while nothing is set here. */
  publishSeconds: Histogram | undefined;
  /** Publications the backplane refused, while `publishSeconds` is set. */
  publishFailures = 0;
}
