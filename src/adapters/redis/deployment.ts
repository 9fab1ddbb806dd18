import type { Link } from './link';
import type { RedisClient } from './redis.options';

/** The servers behind one client for commands, and the connections that listen: one server, or a cluster. */
export abstract class Deployment {
  abstract readonly client: RedisClient;
  /** Whether channels belong to nodes, as keys do. */
  abstract readonly sharded: boolean;
  /** Connects; resolves when it has, or after a while. */
  abstract open(): Promise<void>;
  /** Rejects unless every server answers, on every connection. */
  abstract ping(): Promise<void>;
  /** Where a channel is listened to. @throws Error when that is not known now */
  abstract linkOf(channel: string): Link;
  /** Learns anew where everything is. */
  abstract refresh(): Promise<void>;
  abstract close(): void;
}
