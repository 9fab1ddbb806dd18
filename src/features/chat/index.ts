// First: a missing package is named before a file that imports it is loaded.
import './packages';

export { ChatModule } from './chat.module';
export type { ChatOptions } from './chat.options';
export { ChannelsModule } from './channels/channels.module';
export type { ChannelsOptions } from './channels/channels.options';
export { ChannelsService } from './channels/channels.service';
export { ChannelModeration } from './channels/channel-moderation';
export type { Ban } from './channels/channel-moderation';
export type { Channel } from './channels/channel';
export type { CreateChannelDto, UpdateChannelDto } from './channels/channel.dto';
