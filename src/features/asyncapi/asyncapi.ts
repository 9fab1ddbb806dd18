import { Injectable } from '@nestjs/common';
import { Command } from '../../gateway/commands/command';
import { Commands } from '../../gateway/commands/commands';
import { CLOSE_CODES, mayReconnect } from '../../protocol/close-codes';
import { ERRORS } from '../../protocol/errors';
import { SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK } from '../../protocol/frames';
import { DocumentsOptions } from './documents.options';
import { EventsOptions } from '../../publishing/events.options';
import { EndpointOptions, pathsOf } from '../../gateway/handshake/endpoint.options';
import { MessagePackOptions } from '../../connections/message-pack.options';
import { Messages } from './messages';

const CHANNEL = 'realtime';
const BEARER = { $ref: '#/components/securitySchemes/bearer' };
const DESCRIPTION =
  'Frames over one WebSocket: commands from the client, and their replies, publications and errors from the server. ' +
  'How they belong together is said in PROTOCOL.md of nestjs-realtime.';

/** An AsyncAPI 3 document. */
export type AsyncApiDocument = Readonly<Record<string, unknown>> & { readonly asyncapi: '3.0.0' };

/** Tells of the wire protocol in AsyncAPI 3: the module's commands and frames, and those of the application. */
@Injectable()
export class AsyncApi {
  #document: AsyncApiDocument | undefined;

  constructor(
    private readonly commands: Commands,
    private readonly options: DocumentsOptions,
    private readonly events: EventsOptions,
    private readonly endpoint: EndpointOptions,
    private readonly messagePack: MessagePackOptions,
  ) {
    // What is wrong with the events that were told is said at boot.
    new Messages(options, events);
  }

  /** The same at each call. */
  get document(): AsyncApiDocument {
    return (this.#document ??= this.#write());
  }

  #write(): AsyncApiDocument {
    // An application that only writes the document does not boot.
    if (!this.commands.gateways.length) this.commands.prepare();
    const messages = new Messages(this.options, this.events);
    const commands = [...this.commands.types].map((type) => this.commands.find(type)!);
    const operations = Object.fromEntries(commands.map((command) => [keyOf(command), receive(command, messages)]));
    const { title, version } = this.options;
    return {
      asyncapi: '3.0.0',
      info: { title, version, description: DESCRIPTION, license: { name: 'MIT' } },
      defaultContentType: 'application/json',
      ...this.#servers(),
      channels: { [CHANNEL]: this.#channel(Object.keys(messages.all)) },
      operations: { ...operations, send: send(messages.pushed) },
      components: { messages: messages.all, schemas: messages.schemas, securitySchemes: { bearer: BEARER_SCHEME } },
      'x-error-codes': ERRORS,
      'x-close-codes': closeCodes(),
    };
  }

  #servers(): object {
    const { url } = this.options;
    if (url === undefined) return {};
    const { protocol, host, pathname } = new URL(url);
    const path = pathname === '/' ? {} : { pathname };
    return { servers: { main: { host, protocol: protocol.slice(0, -1), ...path, security: [BEARER] } } };
  }

  #channel(keys: readonly string[]): object {
    const [address, alias] = pathsOf(this.endpoint);
    const binary = this.messagePack.enabled ? `, and ${SUBPROTOCOL_MSGPACK} in binary` : '';
    return {
      address,
      title: 'The WebSocket',
      description: `${alias} is the same. Subprotocols: ${SUBPROTOCOL_JSON}${binary}.`,
      messages: Object.fromEntries(keys.map((key) => [key, { $ref: `#/components/messages/${key}` }])),
      bindings: { ws: { method: 'GET', query: QUERY, bindingVersion: '0.1.0' } },
    };
  }
}

const BEARER_SCHEME = {
  type: 'http',
  scheme: 'bearer',
  description:
    'In the header "Authorization: Bearer …", as the subprotocol "bearer.…" beside the one to speak, in the cookie ' +
    '"access_token", in the query as "token", or in a first frame "authenticate".',
};

const strings = { type: 'array', items: { type: 'string' } };

const QUERY = {
  type: 'object',
  properties: {
    token: { type: 'string', description: 'A credential, where none is elsewhere.' },
    project_id: { ...strings, description: 'Joins the room project:<id>.' },
    board_id: { ...strings, description: 'Joins the room board:<id>.' },
    room: { ...strings, description: 'Joins the room of this name.' },
  },
};

function keyOf({ type }: Command): string {
  return `receive.${type.replaceAll(':', '_')}`;
}

function receive(command: Command, messages: Messages): object {
  return {
    action: 'receive',
    channel: { $ref: `#/channels/${CHANNEL}` },
    title: command.type,
    ...(command.unauthenticated ? {} : { security: [BEARER] }),
    messages: [inChannel(messages.command(command))],
    reply: { channel: { $ref: `#/channels/${CHANNEL}` }, messages: messages.replies(command).map(inChannel) },
  };
}

function send(pushed: readonly string[]): object {
  return {
    action: 'send',
    channel: { $ref: `#/channels/${CHANNEL}` },
    title: 'What the server sends without being asked',
    messages: pushed.map(inChannel),
  };
}

function inChannel(key: string): { $ref: string } {
  return { $ref: `#/channels/${CHANNEL}/messages/${key}` };
}

function closeCodes(): object {
  const codes = Object.entries(CLOSE_CODES);
  return Object.fromEntries(codes.map(([name, code]) => [code, { name, reconnect: mayReconnect(code) }]));
}
