import type { Type } from '@nestjs/common';
import { InvalidOption, show } from '../auth/invalid-option';
import type { EventName } from '../events/realtime-events';
import type { JsonSchema } from '../protocol/json-schema';

/** What of a frame's data can be told: a class with validation decorators, or a JSON Schema. */
export type DataDescription = Type | JsonSchema;

export const DOCUMENTS = {
  /** Whether `/api/v1/websocket/asyncapi.json` is served, to anybody: it holds names and shapes, no data. */
  asyncapi: true,
  /** Your application's, not the protocol's. */
  title: 'Realtime API',
  version: '1.0.0',
  /** Where clients find the server: `wss://example.com`. */
  url: undefined as string | undefined,
  /** The data of your domain events. */
  events: {} as { readonly [Name in EventName]?: DataDescription },
};

/** @throws InvalidOption */
export function checkUrl(url: string | undefined): void {
  if (url === undefined || (/^wss?:/.test(url) && URL.canParse(url))) return;
  const problem = `must begin with ws:// or wss://, got ${show(url)}`;
  throw new InvalidOption('documents.url', problem, "Try 'wss://example.com'.");
}
