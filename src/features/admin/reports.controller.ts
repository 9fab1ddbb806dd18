import { Controller, Get, Optional, Param, Query } from '@nestjs/common';
import { CHANNEL_STATS, ChannelReports } from '../../reports/channel-reports';
import { UserIdPipe } from '../../gateway/http/user-id.pipe';
import { HttpApi } from '../../gateway/http/http-api.decorator';
import { FramePipe } from '../../gateway/validation/frame.pipe';
import { RealtimeError } from '../../protocol/errors';
import type { RoomName } from '../../protocol/room-name';
import { RoomsService } from '../../rooms/rooms.service';
import { AdminController } from './admin.controller';
import { AuditDto, ConnectionsDto, ExplainDto, PublicationsDto, RoomsDto } from './admin.dto';
import { ADMIN_PREFIX } from './admin.options';
import {
  AUDIT_PAGE,
  CONNECTION_PAGE,
  EXPLANATION,
  METRICS_REPORT,
  PUBLICATION_PAGE,
  REACHED,
  ROOM_PAGE,
  ROOM_REPORT,
  STATS,
} from './admin.schema';
import { Explanation } from './explanation';
import { ProjectPipe, RoomPipe } from './path.pipes';
import { Reports } from './reports';
import { RoomPublications } from './room-publications';
import { RoomReport } from './room-report';

/** What goes on, for those who run it; on all nodes. */
@Controller(ADMIN_PREFIX)
export class ReportsController extends AdminController {
  constructor(
    private readonly rooms: RoomsService,
    private readonly reports: Reports,
    private readonly room: RoomReport,
    private readonly publications: RoomPublications,
    private readonly explanation: Explanation,
    @Optional() private readonly channels?: ChannelReports,
  ) {
    super();
  }

  @HttpApi('Counts all connections', REACHED)
  @Get('connections/count')
  countAll() {
    return this.rooms.count();
  }

  @HttpApi('Counts the connections of a user', REACHED)
  @Get('users/:user/connections/count')
  countOfUser(@Param('user', UserIdPipe) user: string) {
    return this.rooms.count({ user });
  }

  @HttpApi("Counts the connections in a project's room, project:<id>", REACHED)
  @Get('projects/:project/connections/count')
  countOfProject(@Param('project', ProjectPipe) room: RoomName) {
    return this.rooms.count({ room });
  }

  @HttpApi('Lists connections by id: of a user, in a room, from an address', CONNECTION_PAGE)
  @Get('connections')
  connections(@Query(new FramePipe(ConnectionsDto)) query: ConnectionsDto) {
    return this.reports.connections(query);
  }

  @HttpApi('Lists the rooms that have members, by name', ROOM_PAGE)
  @Get('rooms')
  list(@Query(new FramePipe(RoomsDto)) query: RoomsDto) {
    return this.reports.rooms(query);
  }

  @HttpApi('Shows who is in a room, where its stream is, and the last publications without their data', ROOM_REPORT)
  @Get('rooms/:room')
  show(@Param('room', RoomPipe) room: RoomName) {
    return this.room.of(room);
  }

  @HttpApi(
    'What was said in a room, as far as its stream has it: the last, or those before or after one',
    PUBLICATION_PAGE,
  )
  @Get('rooms/:room/publications')
  said(@Param('room', RoomPipe) room: RoomName, @Query(new FramePipe(PublicationsDto)) query: PublicationsDto) {
    return this.publications.of(room, query);
  }

  @HttpApi('Who would get an event in a room, who not and why, and what it would cost; nothing is sent', EXPLANATION)
  @Get('rooms/:room/explain')
  explain(@Param('room', RoomPipe) room: RoomName, @Query(new FramePipe(ExplainDto)) query: ExplainDto) {
    return this.explanation.of(room, query);
  }

  @HttpApi('How the channel of a room does, channel:<id>', CHANNEL_STATS)
  @Get('rooms/:room/stats')
  statsOf(@Param('room', RoomPipe) room: RoomName) {
    if (!this.channels) throw new RealtimeError('not_found', 'This server has no channels.');
    return this.channels.ofRoom(room);
  }

  @HttpApi('How each node does', STATS)
  @Get('stats')
  stats() {
    return this.reports.stats();
  }

  @HttpApi('The figures of all nodes, summed', METRICS_REPORT)
  @Get('metrics')
  metrics() {
    return this.reports.summedMetrics();
  }

  @HttpApi('The record of what happened, the newest first', AUDIT_PAGE)
  @Get('audit')
  audit(@Query(new FramePipe(AuditDto)) query: AuditDto) {
    return this.reports.audit(query);
  }
}
