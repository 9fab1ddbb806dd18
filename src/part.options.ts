import { checkPart } from './auth/invalid-option';
import { checkPolicy } from './auth/room-policy';
import type { GivenOptions } from './realtime.options';

/** What takes the place of a part of the module. @throws InvalidOption for what is no such part */
export function checkParts(given: GivenOptions): void {
  const { storage, backplane, replies, userLimits, nodes } = given;
  if (storage !== false) checkPart('storage', storage, 'close', 'Try new SqliteStorage({ file }), or false.');
  checkPart('backplane', backplane, 'publish', 'Try redis: new RedisConnections({ url, prefix }).');
  checkPart('replies', replies, 'claim', 'Try new RedisReplyStore(redis).');
  checkPart('userLimits', userLimits, 'spend', 'Try new RedisUserLimits(redis).');
  checkPart('nodes', nodes, 'ask', 'Try new RedisNodes(redis).');
  checkPart('presence.store', given.presence?.store, 'members', 'Try new RedisPresence(redis).');
  checkPart('audit.sink', given.audit?.sink, 'record', 'Extend Audit.');
  const policy: unknown = given.rooms?.policy;
  // What a class makes is checked when it is there.
  if (typeof policy !== 'function') checkPolicy(policy);
}
