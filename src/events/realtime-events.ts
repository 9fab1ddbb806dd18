/**
 * Event names and their payloads, for the host to augment:
 *
 *     declare module 'nestjs-realtime' {
 *       interface RealtimeEvents { 'task.created': Task }
 *     }
 *
 * As long as it is empty every name and payload is accepted.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an interface can be augmented, a type cannot
export interface RealtimeEvents {}

export type EventName = [keyof RealtimeEvents] extends [never] ? string : Extract<keyof RealtimeEvents, string>;

export type EventData<Name extends string> = Name extends keyof RealtimeEvents ? RealtimeEvents[Name] : unknown;
