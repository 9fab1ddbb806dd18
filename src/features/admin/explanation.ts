import { Injectable } from '@nestjs/common';
import { frameTypeOf } from '../../protocol/event-name';
import { invalid } from '../../gateway/validation/frame.pipe';
import type { AudienceHere } from '../../nodes/admin-command';
import { endPublication } from '../../protocol/codec';
import type { RoomName } from '../../protocol/room-name';
import { EventsOptions } from '../../publishing/events.options';
import { toPublication } from '../../publishing/publication';
import { Cluster } from './cluster';
import type { ExplainDto } from './admin.dto';

const NO_DATA = '{}'.length;

/** Tells what an event would do, without sending it. */
@Injectable()
export class Explanation {
  constructor(
    private readonly cluster: Cluster,
    private readonly options: EventsOptions,
  ) {}

  /** @throws RealtimeError `validation_failed`, `unavailable` */
  async of(room: RoomName, { event, user, data_bytes = NO_DATA }: ExplainDto) {
    const bytes_each = this.#frameBytes(room, event) + data_bytes - NO_DATA;
    const { answers, unanswered } = await this.cluster.ask({ type: 'explain_room', room, user });
    const nodes = [...answers].map(([name, { receivers, slow, refused }]) => ({ name, receivers, slow, refused }));
    const total = (figure: 'receivers' | 'slow' | 'refused') => nodes.reduce((sum, node) => sum + node[figure], 0);
    return {
      room,
      event,
      bytes_each,
      bytes: bytes_each * total('receivers'),
      receivers: total('receivers'),
      slow: total('slow'),
      refused: total('refused'),
      nodes,
      user: user === undefined ? undefined : toUser(user, answers),
      unanswered,
    };
  }

  /** Of its frame as JSON, in a room whose offset has a digit. */
  #frameBytes(room: RoomName, event: string): number {
    const type = frameTypeOf(event, this.options.naming);
    if (!type) throw invalid([{ field: 'event', message: 'event has a name of the protocol' }]);
    return toPublication(room, type, {}).body.length + endPublication(1).length;
  }
}

function toUser(user_id: string, answers: ReadonlyMap<string, AudienceHere>) {
  const found = [...answers].filter(([, { user }]) => user?.connections);
  const joined = found.reduce((sum, [, { user }]) => sum + user!.joined, 0);
  const connections = found.reduce((sum, [, { user }]) => sum + user!.connections, 0);
  const refusal = found.map(([, { user }]) => user!.refusal).find(Boolean);
  const why_not = whyNot(connections, joined, refusal);
  return { user_id, receives: !why_not, why_not, refusal, connections, joined, nodes: found.map(([name]) => name) };
}

function whyNot(connections: number, joined: number, refusal: string | undefined) {
  if (joined) return undefined;
  if (!connections) return 'not_connected';
  return refusal ? 'policy' : 'not_joined';
}
