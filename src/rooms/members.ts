import type { Connection } from '../connections/connection';
import type { Member, MemberList } from '../protocol/frames';
import type { MembersPage } from './member-lists';
import type { JoinMeta } from './membership-change';

/** What of a room's members one frame holds: it should not fill a client's outbox. */
export const MEMBERS_OF_A_FRAME = { limit: 1000, maxBytes: 256 * 1024 };

export function toMemberList({ members, hasMore }: MembersPage): MemberList {
  return { members, ...(hasMore ? { has_more: true } : {}) };
}

/** The members with the one who joins, whether for the first time or again. */
export function withJoiner(page: MembersPage, connection: Connection, isIn: boolean, meta?: JoinMeta): MembersPage {
  const { userId, name } = connection.identity!;
  const known = page.members.find(({ user_id }) => user_id === userId);
  if (isIn && !known) return page;
  const shown = meta ?? known?.meta;
  const joined: Member = {
    user_id: userId,
    name,
    connections: (known?.connections ?? 0) + (isIn ? 0 : 1),
    joined_at: known?.joined_at ?? new Date().toISOString(),
    ...(shown && { meta: shown }),
  };
  const members = known ? page.members.map((each) => (each === known ? joined : each)) : [...page.members, joined];
  return { members, hasMore: page.hasMore };
}
