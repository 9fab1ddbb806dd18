import type { Type } from '@nestjs/common';
import { ADMIN } from './admin/admin.options';
import type { Audit } from './audit/audit';
import type { RoomPolicy } from './auth/room-policy';
import { DOCUMENTS } from './documents/documents.options';
import { HEALTH, METRICS } from './metrics/metrics.options';
import type { PresenceStore } from './presence/presence-store';
import { TRACING } from './tracing/tracing.options';

export interface Bucket {
  perSecond: number;
  burst: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The defaults of every group that has them all. */
export const DEFAULTS = {
  /** Limits on connections. `trustedProxies`: how many proxies before us append to `X-Forwarded-For`. */
  connections: {
    max: 20_000,
    maxPerUser: 20,
    maxPerAddress: 100,
    trustedProxies: 0,
    /** From TCP connect to a complete request, and again from there to the 101. */
    handshakeTimeoutMs: 10_000,
    maxMessageBytes: 512 * KIB,
    maxFragments: 1024,
  },
  heartbeat: { intervalMs: 30_000, timeoutMs: 60_000 },
  /** Frames waiting for the one being handled; full: the socket is not read. */
  inbox: { maxFrames: 64, maxBytes: MIB, handlerTimeoutMs: 30_000 },
  /** Frames waiting for a client that reads slowly; over it: volatile ones are dropped, then close 4008. */
  outbox: { maxFrames: 256, maxBytes: MIB },
  /**
   * Token bucket per connection. `cost` by command, 1 where not named. `floodFrames`: refused frames, forgotten at
   * `perSecond`, after which the connection is closed with 4029.
   */
  rateLimit: {
    perSecond: 10,
    burst: 20,
    floodFrames: 100,
    cost: {} as Record<string, number>,
    perUser: undefined as Bucket | undefined,
  },
  /** Malformed frames within the window, at which the connection is closed with 4500. */
  errorBudget: { malformedFrames: 5, windowMs: 10 * MINUTE },
  rooms: {
    policy: undefined as RoomPolicy | Type<RoomPolicy> | undefined,
    /** Rooms one connection may join, its own user room not counted. */
    maxPerConnection: 128,
    /** Connections in one room. */
    maxMembers: 20_000,
  },
  history: { maxPublications: 1000, maxAgeMs: 24 * HOUR, maxTotalBytes: 256 * MIB },
  /** How long, and how many, replies are kept for a repeated `message_id`. */
  idempotency: { windowMs: 5 * MINUTE, maxReplies: 100_000, maxBytes: 32 * MIB },
  /** `windowMs`: the reconnects of all clients are spread over it. `flushMs`: wait for handlers and slow readers. */
  drain: { windowMs: 30_000, flushMs: 5_000 },
  events: { naming: 'dot' as 'dot' | 'snake' },
  /**
   * What was stored and is not published after this long, for instance because a process died, is published by whichever
   * node finds it first; every node looks this often.
   */
  chat: { relayAfterMs: 3_000 },
  /**
   * What waits for a user who is away or does not acknowledge it; the oldest go first. `maxBytes`: of one user; where the
   * messages are small, up to twice that.
   */
  mailbox: { maxMessages: 1000, maxBytes: 8 * MIB, maxAgeMs: 24 * HOUR },
  /**
   * Channels. `rest`: whether `/api/v1/websocket/channels` is served. `maxPerUser`: how many one user may own.
   * `maxMembers` and `maxBans`: of one channel. `passwordAttemptsPerMinute`: of one user at one channel. `requests`: of one
   * user over HTTP.
   */
  channels: {
    rest: true,
    maxPerUser: 100,
    maxMembers: 10_000,
    maxBans: 10_000,
    passwordAttemptsPerMinute: 5,
    requests: { perSecond: 5, burst: 50 },
  },
  /**
   * Who is in which room. `graceMs`: a user whose last connection is lost is gone after this long;
   * where the node drains, 3 s after `drain.windowMs` at the earliest. `announceUpTo`: who comes and goes is told as long
   * as the room has no more connections than this; 0: never. `store`: where it is kept; left out: in Redis where it is
   * given, or in memory.
   */
  presence: { graceMs: 15_000, announceUpTo: 1000, store: undefined as PresenceStore | undefined },
  /**
   * The record of who connected, joined, chatted, and was turned out by whom, in the storage; `sink` takes it instead.
   * It is written behind, 200 ms later; an entry takes some 200 bytes and 15 µs in SQLite. Without storage and sink there
   * is none.
   */
  audit: { enabled: true, retentionMs: 90 * 24 * HOUR, sink: undefined as Audit | undefined },
  /**
   * permessage-deflate without context takeover: publications of 1 KiB and more are compressed once for all who take
   * it. Costs memory and CPU for each frame that comes in compressed.
   */
  compression: { enabled: false },
  admin: ADMIN,
  metrics: METRICS,
  health: HEALTH,
  /** The AsyncAPI document. */
  documents: DOCUMENTS,
  tracing: TRACING,
};

/** The options that come in groups, complete. */
export type Groups = typeof DEFAULTS;
