import { Global, Module } from '@nestjs/common';
import { ChatStore } from '../../events/chat-store';
import { feature } from '../../module/feature';
import { ChatMessages } from './chat-messages.repository';
import { ChatMessagesGateway } from './chat.gateway';
import { ChatOptions, checkChat } from './chat.options';
import { ChatOutbox } from './chat-outbox.repository';
import { ChatPublisher } from './chat-publisher';
import { ChatRelay } from './chat-relay';
import { ChatService } from './chat.service';
import { TypingGateway } from './typing.gateway';
import { TypingIndicators } from './typing-indicators';

const { FeatureModule, providers } = feature({
  name: 'Chat',
  group: 'chat',
  Class: ChatOptions,
  check: checkChat,
  needsStorage: true,
});

/** Chat: messages that are stored before they are published, can be edited and deleted, and typing indicators. */
@Global()
@Module({
  providers: [
    ...[...providers, ChatMessages, ChatMessagesGateway, ChatOutbox, ChatPublisher, ChatRelay, ChatService],
    ...[TypingGateway, TypingIndicators, { provide: ChatStore, useExisting: ChatService }],
  ],
  exports: [ChatMessages, ChatStore],
})
export class ChatModule extends FeatureModule {}
