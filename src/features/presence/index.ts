export { PresenceModule } from './presence.module';
export type { PresenceOptions } from './presence.options';
export { PresenceStore } from './presence-store';
export type { MembersPage, MembersRequest, Presence, PresenceChange, PresenceSettings } from './presence-store';
export { MemoryPresence } from './memory/memory.presence';
