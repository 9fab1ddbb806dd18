import { Parser } from '@asyncapi/parser';
import { Ajv, ValidateFunction } from 'ajv';
import type { AsyncApiDocument } from '../../src/features/asyncapi';
import type { JsonSchema } from '../../src/protocol/json-schema';

interface Ref {
  readonly $ref: string;
}

interface Operation {
  readonly messages: readonly Ref[];
  readonly reply?: { readonly messages: readonly Ref[] };
  readonly security?: readonly Ref[];
}

interface Message {
  readonly name: string;
  readonly payload: JsonSchema;
}

interface Parts {
  readonly channels: { readonly realtime: { readonly address: string; readonly messages: Record<string, Ref> } };
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: {
    readonly messages: Readonly<Record<string, Message>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Of the parser's degrees the second; what is above it is advice. */
const WARNING = 1;

/** An AsyncAPI document as tests read it. */
export class ReadAsyncApi {
  readonly parts: Parts;
  readonly #ajv = new Ajv({ strict: false, validateSchema: false, formats: { 'date-time': TIME } });

  constructor(readonly document: AsyncApiDocument) {
    this.parts = document as unknown as Parts;
    this.#ajv.addSchema(closed(document) as object, 'document');
  }

  /** What the parser of AsyncAPI has against it: errors and warnings. */
  async problems(): Promise<string[]> {
    const { diagnostics } = await new Parser().parse(JSON.stringify(this.document));
    return diagnostics
      .filter(({ severity }) => Number(severity) <= WARNING)
      .map(({ code, message, path }) => `${code} ${path.join('.')}: ${message}`);
  }

  /** The keys of all frames that go one way. */
  keys(from: 'client' | 'server'): string[] {
    return Object.keys(this.parts.components.messages).filter((key) => key.startsWith(`${from}.`));
  }

  types(from: 'client' | 'server'): string[] {
    return this.keys(from).map((key) => key.slice(from.length + 1));
  }

  /** What is wrong with a frame, held against the schema its type has in the document; keys it does not tell are. */
  wrong(key: string, frame: unknown): string {
    const check = this.#ajv.getSchema(`document#/components/messages/${key}/payload`) as ValidateFunction;
    return check(frame) ? '' : this.#ajv.errorsText(check.errors);
  }

  /** The types a command is answered with. */
  replies(command: string): string[] {
    const refs = this.parts.operations[`receive.${command}`].reply!.messages;
    return refs.map(({ $ref }) => $ref.replace('#/channels/realtime/messages/server.', ''));
  }
}

/** Clients take keys they do not know; here every key that is sent must be told. Of `allOf` no part knows the others. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, closed(part)] as const);
  const copy = Object.fromEntries(entries) as Record<string, unknown>;
  const isObject = copy.type === 'object' && typeof copy.properties === 'object';
  return isObject ? { additionalProperties: false, ...copy } : copy;
}
