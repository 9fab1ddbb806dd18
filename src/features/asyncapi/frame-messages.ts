import type { JsonSchema } from '../../protocol/json-schema';
import { orNull } from './dto-schemas';
import { MESSAGE_ID, serverFrame } from './server-frames';

/** A message of AsyncAPI 3. */
export interface Message {
  readonly name: string;
  readonly title: string;
  readonly summary?: string;
  readonly correlationId?: { readonly location: string };
  readonly payload: JsonSchema;
}

export interface ClientData {
  readonly schema: JsonSchema;
  /** Whether a frame without data is the same as one with an empty object. */
  readonly optional: boolean;
}

/** A command's frame. Keys beside these are ignored. */
export function clientMessage(type: string, { schema, optional }: ClientData, summary?: string): Message {
  return {
    name: type,
    title: `${type}, from the client`,
    ...(summary ? { summary } : {}),
    correlationId: { location: '$message.payload#/message_id' },
    payload: {
      type: 'object',
      properties: {
        type: { const: type },
        data: optional ? orNull(schema) : schema,
        message_id: { ...MESSAGE_ID, description: "The client's own, by which a repetition is known." },
        timestamp: { description: 'It is ignored.' },
      },
      required: optional ? ['type'] : ['type', 'data'],
    },
  };
}

export function serverMessage(type: string, data: JsonSchema, summary?: string): Message {
  return {
    name: type,
    title: `${type}, from the server`,
    ...(summary ? { summary } : {}),
    correlationId: { location: '$message.payload#/reply_to' },
    payload: serverFrame({ const: type }, data),
  };
}
