import { Injectable } from '@nestjs/common';
import { Connections } from '../../connections/connections';
import type { Histogram } from '../../connections/histogram';
import { RealtimeCounters } from '../../connections/realtime-counters';
import { Commands } from '../../gateway/commands/commands';
import { ShutdownState } from '../../gateway/shutdown/shutdown-state';
import { RoomRegistry } from '../../rooms/room-registry';
import { BackplaneStatus } from '../../publishing/backplane-status';
import { DisconnectCounters } from './disconnect-counters';
import { EventLoopDelay } from './event-loop-delay';
import { FanOut } from './fan-out';
import { MailboxDepth } from './mailbox-depth';
import { counter, counters, gauge, histogram, Measure, Sample } from './measure';

/** Every metric there is, by concept. Names are for ever; what a label can be is bounded, whatever clients send. */
@Injectable()
export class Measures {
  constructor(
    private readonly connections: Connections,
    private readonly rooms: RoomRegistry,
    private readonly traffic: RealtimeCounters,
    private readonly commands: Commands,
    private readonly draining: ShutdownState,
    private readonly closures: DisconnectCounters,
    private readonly fanOut: FanOut,
    private readonly backplane: BackplaneStatus,
    private readonly mailbox: MailboxDepth,
    private readonly eventLoop: EventLoopDelay,
  ) {}

  all(publishSeconds: Histogram): readonly Measure[] {
    return [
      ...this.#connections(),
      ...this.#frames(),
      ...this.#deliveries(),
      ...this.#losses(),
      ...this.#backplane(publishSeconds),
      ...this.#storage(),
      ...this.#process(),
    ];
  }

  #connections(): Measure[] {
    const { traffic, connections, closures } = this;
    return [
      gauge('realtime_connections', 'Open connections.', () => connections.size),
      counter('realtime_connections_opened_total', 'Connections opened.', () => traffic.connectionsOpened),
      counters('realtime_connections_closed_total', 'Connections ended, by close code.', 'code', () => closures.byCode),
      counter(
        'realtime_authentications_refused_total',
        'Tokens that were refused.',
        () => closures.authenticationsRefused,
      ),
      gauge('realtime_rooms', 'Rooms with members on this node.', () => [...this.rooms.names].length),
    ];
  }

  #frames(): Measure[] {
    const { traffic } = this;
    return [
      counters('realtime_frames_received_total', 'Frames from clients, by command.', 'type', () => this.#received()),
      counters('realtime_frames_sent_total', 'Frames for clients, by type.', 'type', () =>
        traffic.sentByType.entries(),
      ),
      counter('realtime_received_bytes_total', "Bytes of clients' frames.", () => traffic.bytesReceived),
      counter('realtime_sent_bytes_total', 'Bytes handed to sockets.', () => traffic.bytesSent),
      counters('realtime_errors_total', 'Error frames, by code.', 'code', () => Object.entries(traffic.errors)),
      counter('realtime_malformed_frames_total', 'Frames that were no JSON object.', () => traffic.malformed),
      counter('realtime_rate_limited_total', 'Frames refused by the rate limit.', () => traffic.rateLimited),
      counter('realtime_handler_timeouts_total', 'Handlers given up.', () => traffic.handlerTimeouts),
    ];
  }

  #deliveries(): Measure[] {
    const { traffic, fanOut } = this;
    return [
      counter('realtime_publications_total', 'Publications with members here.', () => traffic.publications),
      counter('realtime_deliveries_total', 'Publications times the members they went to.', () => traffic.deliveries),
      histogram('realtime_fan_out_batch_size', 'Publications of a room that left together.', fanOut.batchSize),
      histogram('realtime_fan_out_recipients', 'Connections a batch went to.', fanOut.recipients),
      histogram(
        'realtime_delivery_lag_seconds',
        'From publication to the socket, or to the line behind what a slow reader has not taken; in milliseconds of wall clock.',
        fanOut.lagSeconds,
      ),
      counters('realtime_recoveries_total', 'Joins with a position, by outcome.', 'outcome', () => [
        ['recovered', traffic.recovered],
        ['lost', traffic.unrecovered],
      ]),
      counter('realtime_replays_total', 'Publications sent again to who missed them.', () => traffic.replays),
    ];
  }

  #losses(): Measure[] {
    const { traffic } = this;
    return [
      gauge('realtime_outbox_frames', 'Frames that wait for slow readers.', () => this.#waiting(sum)),
      gauge('realtime_outbox_frames_max', 'Of them, for the slowest.', () => this.#waiting(larger), 'max'),
      counter('realtime_slow_consumers_total', 'Readers too slow to be kept.', () => traffic.slowConsumers),
      counters('realtime_dropped_total', 'What was dropped to stay within bounds.', 'class', () => [
        ['volatile', traffic.volatileDropped],
        ['mailbox', traffic.mailboxDropped],
        ['audit', traffic.auditDropped],
      ]),
    ];
  }

  #backplane(publishSeconds: Histogram): Measure[] {
    const { traffic } = this;
    return [
      gauge('realtime_backplane_connected', 'Whether the backplane does all it should.', () =>
        Number(this.backplane.state === 'connected'),
      ),
      histogram('realtime_backplane_publish_seconds', 'Until the backplane has a publication.', publishSeconds),
      counter('realtime_backplane_publish_failures_total', 'Publications refused.', () => traffic.publishFailures),
    ];
  }

  #storage(): Measure[] {
    const { traffic } = this;
    return [
      new Measure(
        'realtime_mailbox_messages',
        'Messages that wait in mailboxes, of all nodes, up to 100000.',
        'gauge',
        () => this.#mailbox('messages'),
        'max',
      ),
      new Measure(
        'realtime_mailbox_users',
        'Users for whom messages wait.',
        'gauge',
        () => this.#mailbox('users'),
        'max',
      ),
      counters('realtime_chat_relay_total', 'Stored messages left unpublished, by outcome.', 'outcome', () => [
        ['published', traffic.chatRelayed],
        ['failed', traffic.chatRelayFailures],
        ['set_aside', traffic.chatSetAside],
      ]),
    ];
  }

  #process(): Measure[] {
    return [
      gauge('realtime_draining', 'Whether this process is on its way out.', () => Number(this.draining.active)),
      new Measure(
        'realtime_event_loop_delay_seconds',
        'How late the event loop is, since the last scrape.',
        'gauge',
        () => this.eventLoop.read(),
        'max',
      ),
    ];
  }

  *#received(): Iterable<[string, number]> {
    for (const type of this.commands.types) yield [type, this.commands.find(type)!.received];
    yield ['other', this.traffic.unknownFrames];
  }

  #waiting(combine: (one: number, other: number) => number): number {
    return Array.from(this.connections, ({ outbox }) => outbox.depth).reduce(combine, 0);
  }

  /** No sample while the database does not answer. */
  async #mailbox(what: 'messages' | 'users'): Promise<Sample[]> {
    const depth = await this.mailbox.read();
    return depth ? [{ value: depth[what] }] : [];
  }
}

function sum(one: number, other: number): number {
  return one + other;
}

function larger(one: number, other: number): number {
  return Math.max(one, other);
}
