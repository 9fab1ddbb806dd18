import type { Type } from '@nestjs/common';
import { InvalidOption, show } from '../../options/invalid-option';
import type { EventName } from '../../events/realtime-events';
import type { JsonSchema } from '../../protocol/json-schema';

/** Describes the data of a frame: a class with validation decorators, or a JSON Schema. */
export type DataDescription = Type | JsonSchema;

/** The AsyncAPI document. */
export class DocumentsOptions {
  /** Title of your application's API. @default 'Realtime API' */
  readonly title: string = 'Realtime API';
  /** Version of your application's API, not of the protocol. @default '1.0.0' */
  readonly version: string = '1.0.0';
  /** Where clients find the server, such as `wss://example.com`. @default undefined: the document names no server */
  readonly url: string | undefined = undefined;
  /** Descriptions of the data of your domain events, by their names. @default {} */
  readonly events: { readonly [Name in EventName]?: DataDescription } = {};
}

/** @throws InvalidOption */
export function checkDocuments({ url }: DocumentsOptions): void {
  if (url === undefined || (/^wss?:/.test(url) && URL.canParse(url))) return;
  const problem = `must begin with ws:// or wss://, got ${show(url)}`;
  throw new InvalidOption('asyncapi.url', problem, "Try 'wss://example.com'.");
}
