import type { JsonSchema } from '../../../protocol/json-schema';

const string: JsonSchema = { type: 'string' };
const time: JsonSchema = { type: 'string', format: 'date-time' };
const hasMore: JsonSchema = { type: 'boolean', description: 'Whether there is a page after this one.' };

/** `Channel`, for the documents. */
export const CHANNEL: JsonSchema = {
  title: 'Channel',
  type: 'object',
  properties: {
    id: string,
    room: { type: 'string', description: 'The room one joins over the WebSocket.' },
    name: string,
    visibility: { type: 'string', enum: ['public', 'private', 'password'] },
    owner_id: string,
    slow_mode_seconds: { type: 'integer', minimum: 0, description: 'Between two messages of a member.' },
    member_limit: { type: 'integer', minimum: 1 },
    created_at: time,
  },
  required: ['id', 'room', 'name', 'visibility', 'owner_id', 'slow_mode_seconds', 'member_limit', 'created_at'],
};

export const CHANNEL_PAGE: JsonSchema = {
  title: 'ChannelPage',
  type: 'object',
  properties: { channels: { type: 'array', items: CHANNEL }, has_more: hasMore },
  required: ['channels', 'has_more'],
};

const MEMBER: JsonSchema = {
  title: 'ChannelMember',
  type: 'object',
  properties: {
    user_id: string,
    role: { type: 'string', enum: ['owner', 'moderator', 'member'] },
    joined_at: time,
  },
  required: ['user_id', 'role', 'joined_at'],
};

export const MEMBER_PAGE: JsonSchema = {
  title: 'ChannelMemberPage',
  type: 'object',
  properties: { members: { type: 'array', items: MEMBER }, has_more: hasMore },
  required: ['members', 'has_more'],
};

const BAN: JsonSchema = {
  title: 'Ban',
  type: 'object',
  properties: {
    user_id: string,
    reason: string,
    until: { ...time, description: 'Left out: for good.' },
    banned_by: string,
    created_at: time,
  },
  required: ['user_id', 'banned_by', 'created_at'],
};

export const BAN_PAGE: JsonSchema = {
  title: 'BanPage',
  type: 'object',
  properties: { bans: { type: 'array', items: BAN }, has_more: hasMore },
  required: ['bans', 'has_more'],
};
