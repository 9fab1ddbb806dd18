import { Injectable } from '@nestjs/common';
import type { Transaction, Updateable } from 'kysely';
import { nanoid } from 'nanoid';
import type { Identity } from '../../auth/identity';

import { invalid } from '../../gateway/frame.pipe';
import { RealtimeError } from '../../protocol/errors';
import { RealtimeOptions } from '../../realtime.options';
import { ChannelMembers } from '../../storage/channel-members.repository';
import { ChannelRow, ChannelRows } from '../../storage/channels.repository';
import type { ChannelsTable, Database } from '../../storage/database';
import { Storage } from '../../storage/storage';
import { Channel, found, notFound, refuseBanned, requireRole, toChannel } from './channel';
import { ChannelCache } from './channel-cache';
import { ChannelEffects } from './channel-effects';
import type { CreateChannelDto, UpdateChannelDto } from './channel.dto';
import { Passwords } from './passwords';

/** The channels themselves: made, shown, changed, deleted. */
@Injectable()
export class ChannelsService {
  constructor(
    private readonly storage: Storage,
    private readonly channels: ChannelRows,
    private readonly members: ChannelMembers,
    private readonly cache: ChannelCache,
    private readonly passwords: Passwords,
    private readonly effects: ChannelEffects,
    private readonly options: RealtimeOptions,
  ) {}

  /** @throws RealtimeError `validation_failed` for an id that is taken, `limit_exceeded`, `unavailable` */
  async create({ userId }: Identity, given: CreateChannelDto): Promise<Channel> {
    const id = given.id ?? nanoid();
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
      member_limit: this.#memberLimit(given.member_limit) ?? this.options.channels.maxMembers,
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
    return toChannel(row);
  }

  /** By id, those the user may see. */
  async page({ userId }: Identity, after: string | undefined, limit: number) {
    const rows = await this.channels.page(userId, after, limit + 1);
    return { channels: rows.slice(0, limit).map(toChannel), has_more: rows.length > limit };
  }

  /** @throws RealtimeError `not_found`, `banned`; `forbidden` for a private one that is not the user's */
  async get(identity: Identity, id: string): Promise<Channel> {
    const channel = found((await this.cache.channel(id)).row, id);
    const standing = await this.members.standing(id, identity.userId);
    refuseBanned(standing);
    if (channel.visibility === 'private') requireRole('member', identity, standing);
    return toChannel(channel);
  }

  /** @throws RealtimeError `not_found`, `forbidden` unless it is the owner's, `validation_failed`, `unavailable` */
  async update(identity: Identity, id: string, given: UpdateChannelDto): Promise<Channel> {
    const { name, visibility, slow_mode_seconds } = given;
    const change = withoutEmpty({ name, slow_mode_seconds, member_limit: this.#memberLimit(given.member_limit) });
    // What is not protected by a password any more should not keep one.
    return this.#change(identity, id, visibility ? { ...change, visibility, password_hash: null } : change);
  }

  /** Sets a password, and protects the channel by it; `null` opens it to everyone. Members stay members. */
  async setPassword(identity: Identity, id: string, password: string | null): Promise<Channel> {
    const standing = await this.members.standing(id, identity.userId);
    found((await this.cache.channel(id)).row, id);
    requireRole('owner', identity, standing);
    if (password === null) return this.#change(identity, id, { visibility: 'public', password_hash: null });
    const password_hash = await this.passwords.hash(password);
    return this.#change(identity, id, { visibility: 'password', password_hash });
  }

  /** Deletes it for good; whoever is in its room is taken out. @throws RealtimeError `not_found`, `forbidden`, `unavailable` */
  async delete(identity: Identity, id: string): Promise<void> {
    await this.#change(identity, id, { deleted_at: Date.now(), name: '', password_hash: null }, (trx) =>
      this.members.clear(trx, id),
    );
    await this.effects.turnAllOut(id, notFound(id));
  }

  async #change(
    identity: Identity,
    id: string,
    change: Updateable<ChannelsTable>,
    also?: (trx: Transaction<Database>) => Promise<void>,
  ): Promise<Channel> {
    const row = await this.storage.write(async (trx) => {
      const channel = found(await this.channels.lock(trx, id), id);
      requireRole('owner', identity, await this.members.standing(id, identity.userId, trx));
      await also?.(trx);
      return { ...channel, ...(Object.keys(change).length ? await this.channels.change(trx, id, change) : {}) };
    });
    this.effects.tell(id);
    return toChannel(row);
  }

  async #hash(userId: string, password: string): Promise<string> {
    await this.#checkOwned(this.storage.db, userId);
    return this.passwords.hash(password);
  }

  async #checkOwned(db: Parameters<ChannelRows['countOf']>[0], userId: string): Promise<void> {
    const { maxPerUser } = this.options.channels;
    if ((await this.channels.countOf(db, userId)) < maxPerUser) return;
    throw new RealtimeError('limit_exceeded', `You may own ${maxPerUser} channels. Delete one first.`);
  }

  #memberLimit(given: number | null | undefined): number | undefined {
    const { maxMembers } = this.options.channels;
    if (given == null || given <= maxMembers) return given ?? undefined;
    throw invalid([{ field: 'member_limit', message: `must be ${maxMembers} or less` }]);
  }
}

function withoutEmpty<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value != null)) as Partial<T>;
}
