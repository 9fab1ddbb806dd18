import type { IncomingMessage } from 'node:http';
import { Duplex, Writable } from 'node:stream';
import * as ws from 'ws';
import type { Backplane, RealtimeModuleOptions } from '../../src';
import { Clock } from '../../src/async/clock';
import { Connection } from '../../src/connections/connection';
import type { ConnectionContext } from '../../src/connections/connection-context';
import { Connections } from '../../src/connections/connections';
import { bindSocket } from '../../src/connections/socket-events';
import { RealtimeCounters } from '../../src/connections/realtime-counters';
import { WriteScheduler } from '../../src/connections/write-scheduler';
import { connectionBytes } from '../../src/gateway/limits/rate-limit.options';
import { Revocations } from '../../src/gateway/handshake/revocations';
import { OneNode } from '../../src/nodes/one-node';
import { roomKind } from '../../src/protocol/room-name';
import { resolveRealtimeOptions } from '../../src/realtime.options';
import { Deliveries } from '../../src/rooms/deliveries';
import { NodeMemberships } from '../../src/rooms/node-memberships';
import { RoomAccess } from '../../src/rooms/room-access';
import { Replays } from '../../src/rooms/replays';
import { RoomRegistry } from '../../src/rooms/room-registry';
import { SenderLimit } from '../../src/rooms/sender-limit';
import { RoomsService } from '../../src/rooms/rooms.service';
import type { Received } from './client';
import { SECRET } from './tokens';

/** Known to ws, but not to its types. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

/** The server's end of a connection within this process: what is written to it is a WebSocket frame at the client. */
class Wire extends Duplex {
  readonly #receiver = new Receiver({ isServer: false });
  #upgraded = false;

  constructor(received: (frame: Received) => void) {
    super();
    this.#receiver.on('message', (data: Buffer) => received(JSON.parse(data.toString()) as Received));
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    // The first write is the answer to the upgrade request.
    if (this.#upgraded) this.#receiver.write(chunk);
    this.#upgraded = true;
    done();
  }
}

const UPGRADE = {
  method: 'GET',
  headers: { upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' },
} as IncomingMessage;

/** Rooms with connections, without Nest and without sockets: many runs a second, each await under the test's control. */
export function roomsOnWire(backplane: Backplane, given: Partial<RealtimeModuleOptions> = {}) {
  const options = resolveRealtimeOptions({ auth: { secret: SECRET }, policy: 'open', ...given });
  backplane.configure({
    limitsOf: (room) => options.kinds.historyOf(roomKind(room)),
    maxTotalBytes: options.history.maxTotalBytes,
  });
  const turn = new WriteScheduler();
  const traffic = new RealtimeCounters();
  const connections = new Connections();
  const access = new RoomAccess(options.policy, undefined as never, options.rooms);
  const clock = new Clock();
  const rooms = new RoomRegistry(
    backplane,
    access,
    options.rooms,
    options.kinds,
    options.outbox,
    turn,
    connections,
    new SenderLimit(options.rooms, options.connections, traffic, clock),
    new Replays(backplane, options.history, options.kinds, connections),
  );
  rooms.onApplicationBootstrap();
  new Deliveries(backplane, rooms, traffic).onApplicationBootstrap();
  const local = new NodeMemberships(rooms, connections, access);
  const server = new ws.WebSocketServer({ noServer: true, clientTracking: false });
  const context: ConnectionContext<Connection> = {
    turn,
    traffic,
    clock,
    inbox: options.inbox,
    outbox: options.outbox,
    maxMessageBytes: options.connections.maxMessageBytes,
    bytes: connectionBytes(options.rateLimit, options.connections),
    handler: {
      frame: () => undefined,
      control: () => undefined,
      timedOut: () => undefined,
      protocolError: () => undefined,
      closed: (connection, code) => connections.remove(connection, code),
    },
  };

  function connect(userId: string, received: (frame: Received) => void): Connection {
    const wire = new Wire(received);
    let connection: Connection | undefined;
    server.handleUpgrade(UPGRADE, wire, Buffer.alloc(0), (socket: ws.WebSocket) => {
      connection = new Connection(socket, wire, { address: 'wire' }, context);
      bindSocket(socket, connection);
    });
    connection!.identity = { userId, roles: [] };
    connections.add(connection!);
    connections.identified(connection!);
    return connection!;
  }

  const revocations = new Revocations(new Clock());
  const service = new RoomsService(local, new OneNode(), options.events, revocations);
  return { rooms, service, connect, turn, traffic };
}
