import type { Connection } from '../connections/connection';
import type { Member } from '../protocol/frames';

/** Who is behind a room's connections, each user once, in the order they connected. */
export function membersOf(connections: Iterable<Connection>): Member[] {
  const members = new Map<string, Member>();
  for (const { identity, connectedAt } of connections) {
    if (!identity) continue;
    const known = members.get(identity.userId);
    const joined_at = known?.joined_at ?? new Date(connectedAt).toISOString();
    members.set(identity.userId, {
      user_id: identity.userId,
      name: identity.name,
      connections: (known?.connections ?? 0) + 1,
      joined_at,
    });
  }
  return [...members.values()];
}
