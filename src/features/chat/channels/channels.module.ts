import { Global, Module } from '@nestjs/common';
import { feature } from '../../../module/feature';
import { ChannelReports } from '../../../reports/channel-reports';
import { ChatMessages } from '../chat-messages.repository';
import { PasswordAttempts } from './password-attempts';
import { ChannelCache } from './channel-cache';
import { ChannelChanges } from './channel-changes';
import { ChannelPropagation } from './channel-propagation';
import { ChannelMembers } from './channel-members.repository';
import { ChannelMembership } from './channel-membership';
import { ChannelModeration } from './channel-moderation';
import { ChannelPolicy } from './channel.policy';
import { ChannelRows } from './channels.repository';
import { ChannelSight } from './channel-sight';
import { ChannelStatistics } from './channel-statistics';
import { ChannelsController } from './channels.controller';
import { ChannelsOptions, checkChannels } from './channels.options';
import { ChannelsRoutes } from './channels.routes';
import { ChannelsService } from './channels.service';
import { ConnectedAdmins } from './connected-admins';
import { Passwords } from './passwords';
import { SlowMode } from './slow-mode';

const { FeatureModule, providers } = feature({
  name: 'Channels',
  group: 'channels',
  Class: ChannelsOptions,
  check: checkChannels,
  needsStorage: true,
  extras: {
    /** Whether the REST routes under `/api/v1/websocket/channels` are served. @default true */
    rest: true,
  },
  complete: (definition, { rest }) => ({
    ...definition,
    controllers: rest ? [ChannelsController] : [],
    providers: [...(definition.providers ?? []), ...(rest ? [ChannelsRoutes] : [])],
  }),
});

/** Channels: rooms that users create, join with a password, and moderate. */
@Global()
@Module({
  providers: [
    ...[
      ...providers,
      PasswordAttempts,
      ChannelCache,
      ChannelChanges,
      ChannelPropagation,
      ChannelMembers,
      ChannelMembership,
    ],
    ...[ChannelModeration, ChannelPolicy, ChannelRows, ChannelSight, ChannelStatistics, ChannelsService],
    ...[ConnectedAdmins, Passwords, SlowMode, ChatMessages],
    { provide: ChannelReports, useExisting: ChannelStatistics },
  ],
  exports: [ChannelModeration, ChannelsService, ChannelReports],
})
export class ChannelsModule extends FeatureModule {}
