import type { Type } from '@nestjs/common';
import { InvalidOption } from '../../options/invalid-option';
import { frameTypeOf, EVENT_NAME_PATTERN, EVENT_NAME_RULE } from '../../protocol/event-name';
import type { Command } from '../../gateway/commands/command';
import { isDto } from '../../gateway/validation/frame.pipe';
import type { Reply } from '../../gateway/commands/reply-type.decorator';
import type { JsonSchema, JsonSchemas } from '../../protocol/json-schema';
import type { EventsOptions } from '../../publishing/events.options';
import type { DataDescription, DocumentsOptions } from './documents.options';
import { DtoSchemas } from './dto-schemas';
import { ClientData, clientMessage, Message, serverMessage } from './frame-messages';
import { BUILTIN_COMMANDS } from './builtin-commands';
import { PARTS, SERVER_FRAMES, serverFrame } from './server-frames';

const ANY_EVENT = 'server.event';

/** Every frame that goes over the wire, by its key in the document: `client.chat`, `server.chat`. */
export class Messages {
  readonly #schemas = new DtoSchemas();
  readonly #messages: Record<string, Message> = {};
  readonly #pushed: string[] = [];

  constructor(
    private readonly documents: DocumentsOptions,
    private readonly events: EventsOptions,
  ) {
    for (const [name, schema] of Object.entries(PARTS)) this.#schemas.define(name, schema);
    for (const [type, { data, summary, pushed }] of Object.entries(SERVER_FRAMES)) {
      const key = this.#add(`server.${type}`, serverMessage(type, data, summary));
      if (pushed) this.#pushed.push(key);
    }
    this.#addEvents();
  }

  get all(): Readonly<Record<string, Message>> {
    return this.#messages;
  }

  get schemas(): JsonSchemas {
    return this.#schemas.definitions;
  }

  /** What the server sends without being asked. */
  get pushed(): readonly string[] {
    return this.#pushed;
  }

  /** The frame of a command. */
  command(command: Command): string {
    const { type } = command;
    const data = dataOf(command, this.#schemas);
    return this.#add(`client.${type}`, clientMessage(type, data, BUILTIN_COMMANDS[type]?.summary));
  }

  /** What a command answers with: an error, or one of these. What it does not tell is an `ack`. */
  replies({ type, replies }: Command): string[] {
    const own = Object.hasOwn(BUILTIN_COMMANDS, type)
      ? BUILTIN_COMMANDS[type].replies.map((reply) => `server.${reply}`)
      : [];
    const told = [...own, ...replies.map((reply) => this.#reply(type, reply))];
    return [...new Set([...(told.length ? told : ['server.ack']), 'server.error'])];
  }

  #reply(command: string, { type, data }: Reply): string {
    const key = `server.${type}`;
    if (data === undefined && this.#messages[key]) return key;
    const message = serverMessage(type, data ? this.#describe(data) : { type: 'object' });
    const taken = this.#messages[key] && JSON.stringify(this.#messages[key]) !== JSON.stringify(message);
    return this.#add(taken ? `${key}.${command}` : key, message);
  }

  #addEvents(): void {
    const { documents, events } = this;
    for (const [name, data] of Object.entries<DataDescription | undefined>(documents.events)) {
      const type = frameTypeOf(name, events.naming);
      if (!type) throw new InvalidOption(`asyncapi.events['${name}']`, `must be ${EVENT_NAME_RULE}`);
      if (!data) continue;
      if (typeof data === 'function' && !isDto(data)) throw new InvalidOption(`asyncapi.events['${name}']`, NO_RULES);
      const message = serverMessage(type, this.#describe(data), `The event ${name}.`);
      this.#pushed.push(this.#add(`server.${type}`, message));
    }
    this.#pushed.push(this.#add(ANY_EVENT, anyEvent(events.naming)));
  }

  #describe(data: DataDescription): JsonSchema {
    return typeof data === 'function' ? this.#schemas.ref(data) : data;
  }

  /** Types may hold colons, keys may not. */
  #add(key: string, message: Message): string {
    const allowed = key.replaceAll(':', '_');
    this.#messages[allowed] = message;
    return allowed;
  }
}

const NO_RULES = 'is a class without validation decorators. Add some, or give a JSON Schema';

function anyEvent(naming: 'dot' | 'snake'): Message {
  const type: JsonSchema = naming === 'dot' ? { type: 'string', pattern: EVENT_NAME_PATTERN } : { type: 'string' };
  return {
    name: 'event',
    title: 'any other event, from the server',
    summary: "Another of the application's events, or a client's own that was broadcast.",
    payload: serverFrame(type, {}),
  };
}

function dataOf(command: Command, schemas: DtoSchemas): ClientData {
  const own = Object.hasOwn(BUILTIN_COMMANDS, command.type) ? BUILTIN_COMMANDS[command.type].data : undefined;
  if (own) return { schema: own, optional: true };
  const whole = command.bodies.filter(({ data, metatype }) => !data && isDto(metatype));
  const parts = command.bodies.filter(({ data }) => data);
  const all = whole.map(({ metatype }) => schemas.ref(metatype as Type));
  const required = parts.filter(({ metatype }) => isDto(metatype) && !schemas.mayBeLeftOut(metatype));
  if (parts.length) all.push(partsSchema(parts, required, schemas));
  const optional = !required.length && whole.every(({ metatype }) => schemas.mayBeLeftOut(metatype as Type));
  if (!all.length) return { schema: { type: 'object' }, optional };
  return { schema: all.length > 1 ? { allOf: all } : all[0], optional };
}

type Bodies = Command['bodies'];

/** `@MessageBody('key')` takes one key; what else is there is not looked at. */
function partsSchema(parts: Bodies, required: Bodies, schemas: DtoSchemas): JsonSchema {
  const properties = parts.map(({ data, metatype }) => [data!, isDto(metatype) ? schemas.ref(metatype) : {}] as const);
  const names = [...new Set(required.map(({ data }) => data!))];
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(names.length ? { required: names } : {}),
  };
}
