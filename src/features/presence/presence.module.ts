import { Global, Module, Provider } from '@nestjs/common';
import { Clock } from '../../async/clock';
import { feature } from '../../module/feature';
import { SharedAdapters } from '../../publishing/shared-adapters';
import { MemberLists } from '../../rooms/member-lists';
import { PresenceAnnouncer } from './presence-announcer';
import { PresenceTracker } from './presence-tracker';
import { HostPresence } from './host.presence';
import { MemoryPresence } from './memory/memory.presence';
import { PresenceGateway } from './presence.gateway';
import { checkPresence, PresenceOptions } from './presence.options';
import { PresenceStore } from './presence-store';

const { FeatureModule, providers } = feature({
  name: 'Presence',
  group: 'presence',
  Class: PresenceOptions,
  check: checkPresence,
});

const store: Provider = {
  provide: PresenceStore,
  inject: [PresenceOptions, Clock, { token: SharedAdapters, optional: true }],
  useFactory: (options: PresenceOptions, clock: Clock, shared?: SharedAdapters) => {
    if (options.store) return new HostPresence(options.store);
    return shared?.find(PresenceStore) ?? new MemoryPresence(clock);
  },
};

/** Presence: who is in which room, over all nodes, and the frames `presence`, `user_joined` and `user_left`. */
@Global()
@Module({
  providers: [
    ...providers,
    store,
    { provide: MemberLists, useExisting: PresenceStore },
    ...[PresenceTracker, PresenceAnnouncer, PresenceGateway],
  ],
  exports: [PresenceStore, MemberLists],
})
export class PresenceModule extends FeatureModule {}
