import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { UserIdPipe } from '../../gateway/http/user-id.pipe';
import { HttpApi } from '../../gateway/http/http-api.decorator';
import { FramePipe } from '../../gateway/validation/frame.pipe';
import type { RoomName } from '../../protocol/room-name';
import { DisconnectDto, DisconnectUserDto, DrainDto, MessageDto, RoomMessageDto, UserMessageDto } from './action.dto';
import { Actions } from './actions';
import { AdminController } from './admin.controller';
import { ADMIN_PREFIX } from './admin.options';
import { BROADCAST, DRAINING, REACHED, SAID } from './admin.schema';
import { By, type Operator } from './operator';
import { ConnectionPipe, ProjectPipe, RoomPipe } from './path.pipes';

/** What those who run it do about it; on all nodes, and on record. */
@Controller(ADMIN_PREFIX)
export class ActionsController extends AdminController {
  constructor(private readonly actions: Actions) {
    super();
  }

  @HttpApi('Says an event to every connection', BROADCAST)
  @Post('broadcast')
  @HttpCode(200)
  broadcast(@By() by: Operator, @Body(new FramePipe(MessageDto)) message: MessageDto) {
    return this.actions.broadcast(by, message);
  }

  @HttpApi('Says an event in a room', SAID)
  @Post('rooms/:room/message')
  @HttpCode(200)
  sayInRoom(
    @By() by: Operator,
    @Param('room', RoomPipe) room: RoomName,
    @Body(new FramePipe(RoomMessageDto)) message: RoomMessageDto,
  ) {
    return this.actions.sayInRoom(by, room, message);
  }

  @HttpApi("Says an event in a project's room, project:<id>", SAID)
  @Post('projects/:project/message')
  @HttpCode(200)
  sayInProject(
    @By() by: Operator,
    @Param('project', ProjectPipe) room: RoomName,
    @Body(new FramePipe(RoomMessageDto)) message: RoomMessageDto,
  ) {
    return this.actions.sayInRoom(by, room, message);
  }

  @HttpApi('Says an event to a user, also to one who is away with mailbox: true', SAID)
  @Post('users/:user/message')
  @HttpCode(200)
  sayToUser(
    @By() by: Operator,
    @Param('user', UserIdPipe) user: string,
    @Body(new FramePipe(UserMessageDto)) message: UserMessageDto,
  ) {
    return this.actions.sayToUser(by, user, message);
  }

  @HttpApi('Closes all connections of a user with 4503, and refuses the user or a token for a while', REACHED)
  @Post('users/:user/disconnect')
  @HttpCode(200)
  disconnectUser(
    @By() by: Operator,
    @Param('user', UserIdPipe) user: string,
    @Body(new FramePipe(DisconnectUserDto)) disconnect: DisconnectUserDto,
  ) {
    return this.actions.disconnectUser(by, user, disconnect);
  }

  @HttpApi("Closes all connections in a project's room with 4503", REACHED)
  @Post('projects/:project/disconnect')
  @HttpCode(200)
  disconnectProject(
    @By() by: Operator,
    @Param('project', ProjectPipe) room: RoomName,
    @Body(new FramePipe(DisconnectDto)) { message }: DisconnectDto,
  ) {
    return this.actions.disconnectRoom(by, room, message);
  }

  @HttpApi('Closes a connection with 4503', REACHED)
  @Post('connections/:connection/disconnect')
  @HttpCode(200)
  disconnect(
    @By() by: Operator,
    @Param('connection', ConnectionPipe) connection: string,
    @Body(new FramePipe(DisconnectDto)) { message }: DisconnectDto,
  ) {
    return this.actions.disconnect(by, connection, message);
  }

  @HttpApi('Asks the policy again about everybody in a room, and takes out whom it refuses', REACHED)
  @Post('rooms/:room/recheck')
  @HttpCode(200)
  recheck(@By() by: Operator, @Param('room', RoomPipe) room: RoomName) {
    return this.actions.recheck(by, room);
  }

  @HttpApi('Sends the connections of a node to the others; it takes no more, until it is started anew', DRAINING)
  @Post('drain')
  @HttpCode(202)
  drain(@By() by: Operator, @Body(new FramePipe(DrainDto)) { node }: DrainDto) {
    return this.actions.drain(by, node);
  }
}
