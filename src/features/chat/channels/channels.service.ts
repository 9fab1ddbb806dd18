import { Injectable, Logger } from '@nestjs/common';
import type { Updateable } from 'kysely';
import type { Identity } from '../../../auth/identity';
import { invalid } from '../../../gateway/validation/frame.pipe';
import { RealtimeError } from '../../../protocol/errors';
import { ChannelsOptions } from './channels.options';
import { ChannelMembers } from './channel-members.repository';
import { ChannelRow, ChannelRows } from './channels.repository';
import type { ChannelRole, ChannelsTable } from '../../../storage/database';
import { Storage } from '../../../storage/storage';
import { Channel, notFound, refuseBanned, requireReader, requireRole, seen, toChannel } from './channel';
import { ChannelCache } from './channel-cache';
import { Actor, ChannelChanges } from './channel-changes';
import { ChannelPropagation } from './channel-propagation';
import { ChannelSight } from './channel-sight';
import type { CreateChannelDto, UpdateChannelDto } from './channel.dto';
import { Passwords } from './passwords';
import { uniqueId } from '../../../protocol/unique-id';

/** Rows in one transaction, so that others get theirs in between. */
const BATCH = 500;

export interface Member {
  readonly user_id: string;
  readonly role: ChannelRole;
  readonly joined_at: string;
}

/** The channels themselves: made, shown, changed, deleted. */
@Injectable()
export class ChannelsService {
  readonly #logger = new Logger('RealtimeModule');

  constructor(
    private readonly storage: Storage,
    private readonly channels: ChannelRows,
    private readonly members: ChannelMembers,
    private readonly cache: ChannelCache,
    private readonly sight: ChannelSight,
    private readonly passwords: Passwords,
    private readonly changes: ChannelChanges,
    private readonly effects: ChannelPropagation,
    private readonly options: ChannelsOptions,
  ) {}

  /** @throws RealtimeError `validation_failed` for an id that is taken, `limit_exceeded`, `unavailable` */
  async create(actor: Actor, given: CreateChannelDto): Promise<Channel> {
    const { userId } = actor;
    const id = given.id ?? uniqueId();
    const visibility = given.visibility ?? 'public';
    if ((visibility === 'password') !== (given.password != null)) {
      throw invalid([{ field: 'password', message: "is given exactly when visibility is 'password'" }]);
    }
    const row: ChannelRow = {
      id,
      name: given.name,
      visibility,
      password_hash: given.password == null ? null : await this.#hash(userId, given.password),
      owner_id: userId,
      slow_mode_seconds: given.slow_mode_seconds ?? 0,
      member_limit: this.#memberLimit(given.member_limit) ?? this.options.maxMembers,
      created_at: Date.now(),
    };
    await this.storage.write(async (trx) => {
      await this.#checkOwned(trx, userId);
      if (!(await this.channels.add(trx, { ...row, deleted_at: null }))) {
        throw invalid([{ field: 'id', message: 'is taken' }]);
      }
      await this.members.put(trx, id, userId, 'owner');
    });
    this.cache.forget(id);
    this.cache.forget(id, userId);
    this.changes.tell('channel_created', actor, id);
    return toChannel(row);
  }

  /** By id, those the user may see. */
  async page({ userId }: Identity, after: string | undefined, limit: number) {
    const rows = await this.channels.page(userId, after, limit + 1);
    return { channels: rows.slice(0, limit).map(toChannel), has_more: rows.length > limit };
  }

  /** @throws RealtimeError `not_found`, also for a private one that is not the user's; `banned` */
  async get(identity: Identity, id: string): Promise<Channel> {
    const { channel, standing } = await this.sight.of(identity, id);
    refuseBanned(identity, standing);
    return toChannel(channel);
  }

  /**
   * By user id. Those who see who is in the room see them: members, and in a public channel all who are not banned.
   * @throws RealtimeError `not_found`, `banned`, `forbidden`, `unavailable`
   */
  async memberPage(identity: Identity, id: string, after: string | undefined, limit: number) {
    const { channel, standing } = await this.sight.of(identity, id);
    requireReader(channel, identity, standing);
    const rows = await this.members.page(id, after, limit + 1);
    const members = rows.slice(0, limit).map((row): Member => ({ ...row, joined_at: isoTime(row.joined_at) }));
    return { members, has_more: rows.length > limit };
  }

  /** @throws RealtimeError `not_found`, `forbidden` unless it is the owner's, `validation_failed`, `unavailable` */
  async update(actor: Actor, id: string, given: UpdateChannelDto): Promise<Channel> {
    const { name, visibility, slow_mode_seconds } = given;
    const change = withoutEmpty({ name, slow_mode_seconds, member_limit: this.#memberLimit(given.member_limit) });
    // What is not protected by a password any more should not keep one.
    const changed = await this.#change(actor, id, visibility ? { ...change, visibility, password_hash: null } : change);
    this.changes.tell('channel_changed', actor, id, { target: Object.keys(withoutEmpty({ ...given })).join(',') });
    return changed;
  }

  /** Sets a password, and protects the channel by it; `null` opens it to everyone. Members stay members. */
  async setPassword(actor: Actor, id: string, password: string | null): Promise<Channel> {
    const { standing } = await this.sight.of(actor, id);
    requireRole('owner', actor, standing);
    const password_hash = password === null ? null : await this.passwords.hash(password);
    const visibility = password_hash === null ? 'public' : 'password';
    const changed = await this.#change(actor, id, { visibility, password_hash });
    this.changes.tell('channel_password_set', actor, id);
    return changed;
  }

  /**
   * Deletes it for good; whoever is in its room is taken out. Its messages stay in the table, where nobody can read them
   * any more: the id is never given again.
   * @throws RealtimeError `not_found`, `forbidden`, `unavailable`
   */
  async delete(actor: Actor, id: string): Promise<void> {
    await this.#change(actor, id, { deleted_at: Date.now(), name: '', password_hash: null });
    this.changes.tell('channel_deleted', actor, id);
    await this.effects.evictAll(id, notFound(id));
    await this.#clear(id);
  }

  /** Of a channel that is deleted nobody asks for the members: what is left of them when this fails harms nobody. */
  async #clear(id: string): Promise<void> {
    try {
      while (await this.members.clearSome(id, BATCH));
    } catch (error) {
      this.#logger.warn(`Members or bans of the deleted channel ${id} could not be deleted: ${String(error)}`);
    }
  }

  async #change(identity: Identity, id: string, change: Updateable<ChannelsTable>): Promise<Channel> {
    await this.sight.of(identity, id);
    const row = await this.storage.write(async (trx) => {
      const locked = await this.channels.lock(trx, id);
      const standing = await this.members.standing(id, identity.userId, trx);
      const channel = seen(locked, id, identity, standing);
      requireRole('owner', identity, standing);
      return { ...channel, ...(Object.keys(change).length ? await this.channels.change(trx, id, change) : {}) };
    });
    this.effects.forget(id);
    return toChannel(row);
  }

  async #hash(userId: string, password: string): Promise<string> {
    await this.#checkOwned(this.storage.db, userId);
    return this.passwords.hash(password);
  }

  async #checkOwned(db: Parameters<ChannelRows['countOf']>[0], userId: string): Promise<void> {
    const { maxPerUser } = this.options;
    if ((await this.channels.countOf(db, userId)) < maxPerUser) return;
    throw new RealtimeError('limit_exceeded', `You may own ${maxPerUser} channels. Delete one first.`);
  }

  #memberLimit(given: number | null | undefined): number | undefined {
    const { maxMembers } = this.options;
    if (given == null || given <= maxMembers) return given ?? undefined;
    throw invalid([{ field: 'member_limit', message: `must be ${maxMembers} or less` }]);
  }
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}

function withoutEmpty<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value != null)) as Partial<T>;
}
