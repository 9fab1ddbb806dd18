import type { RealtimeClientOptions } from './client.options';
import { RealtimeClient } from './realtime-client';

/**
 * A client of a nestjs-realtime server. `Events` is the interface of the server's events: names and their payloads.
 * @throws RealtimeClientError `no_websocket`
 */
export function createRealtimeClient<Events = object>(options: RealtimeClientOptions): RealtimeClient<Events> {
  return new RealtimeClient<Events>(options);
}

export type { RealtimeClientOptions } from './client.options';
export type { ClientSignals, RealtimeClient, RequestOptions } from './realtime-client';
export type { ClientState, StateChange } from './link';
export type { BackoffOptions } from './backoff';
export type { PaceOptions } from './pace';
export type { Clock } from './clock';
export type { WebSocketConstructor, WebSocketLike } from './socket';
export { RealtimeClientError } from './client-error';
export type { ClientErrorCode } from './client-error';
export type { ChatEvents, EventData, EventMeta, EventName, RoomSignals } from './client-events';
export type { HistoryPage, RealtimeRoom, RoomOptions } from './room';
export type { ChatPage, RoomChat, Said } from './chat';
export type { PresenceEvents, RoomPresence } from './presence';
export type { RoomTyping, TypingUser } from './typing';
export type { Mailbox } from './mailbox';
export type { EventStream, EventStreamOptions } from './event-stream';
export { snapshot } from './snapshot';
export type { Snapshot, SnapshotResponse } from './snapshot';
export type { ErrorCode, ErrorDetail } from '../protocol/errors';
export type { Author, KeptMessage, Member, ServerFrame } from '../protocol/frames';
export type { StreamPosition } from '../protocol/position';
