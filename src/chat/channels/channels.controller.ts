import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { BearerGuard, Caller, type HttpCaller } from '../../gateway/bearer.guard';
import { FramePipe, invalid } from '../../gateway/frame.pipe';
import {
  BanDto,
  CreateChannelDto,
  JoinChannelDto,
  PageDto,
  PasswordDto,
  RoleDto,
  UpdateChannelDto,
  UserDto,
} from './channel.dto';
import { toChannel } from './channel';
import { ChannelMembership } from './channel-membership';
import { ChannelModeration } from './channel-moderation';
import { ChannelsFilter } from './channels.filter';
import { ChannelsGuard } from './channels.guard';
import { ChannelsService } from './channels.service';
import { RequestRateGuard } from './request-rate.guard';
import { UserIdPipe } from './user-id.pipe';

const DEFAULT_LIMIT = 50;

/** Channels over HTTP, under the rules that hold for their rooms. */
@Controller('api/v1/websocket/channels')
@UseGuards(ChannelsGuard, BearerGuard, RequestRateGuard)
@UseFilters(ChannelsFilter)
export class ChannelsController {
  constructor(
    private readonly channels: ChannelsService,
    private readonly membership: ChannelMembership,
    private readonly moderation: ChannelModeration,
  ) {}

  @Post()
  create(@Caller() user: HttpCaller, @Body(new FramePipe(CreateChannelDto)) channel: CreateChannelDto) {
    return this.channels.create(user, channel);
  }

  @Get()
  page(@Caller() user: HttpCaller, @Query(new FramePipe(PageDto)) { after, limit = DEFAULT_LIMIT }: PageDto) {
    return this.channels.page(user, after, limit);
  }

  @Get(':id')
  get(@Caller() user: HttpCaller, @Param('id') id: string) {
    return this.channels.get(user, id);
  }

  @Patch(':id')
  update(
    @Caller() user: HttpCaller,
    @Param('id') id: string,
    @Body(new FramePipe(UpdateChannelDto)) change: UpdateChannelDto,
  ) {
    return this.channels.update(user, id, change);
  }

  @Put(':id/password')
  setPassword(
    @Caller() user: HttpCaller,
    @Param('id') id: string,
    @Body(new FramePipe(PasswordDto)) { password }: PasswordDto,
  ) {
    return this.channels.setPassword(user, id, password);
  }

  @Delete(':id')
  @HttpCode(204)
  async delete(@Caller() user: HttpCaller, @Param('id') id: string) {
    await this.channels.delete(user, id);
  }

  @Post(':id/join')
  @HttpCode(200)
  async join(
    @Caller() user: HttpCaller,
    @Param('id') id: string,
    @Body(new FramePipe(JoinChannelDto)) { password }: JoinChannelDto,
  ) {
    return toChannel(await this.membership.enter(user, id, password ?? undefined));
  }

  @Post(':id/leave')
  @HttpCode(204)
  async leave(@Caller() user: HttpCaller, @Param('id') id: string) {
    await this.membership.leave(user, id);
  }

  @Get(':id/members')
  members(
    @Caller() user: HttpCaller,
    @Param('id') id: string,
    @Query(new FramePipe(PageDto)) { after, limit = DEFAULT_LIMIT }: PageDto,
  ) {
    return this.channels.memberPage(user, id, after, limit);
  }

  @Post(':id/members')
  @HttpCode(204)
  async invite(
    @Caller() user: HttpCaller,
    @Param('id') id: string,
    @Body(new FramePipe(UserDto)) { user_id }: UserDto,
  ) {
    await this.moderation.invite(user, id, user_id);
  }

  @Put(':id/members/:user')
  @HttpCode(204)
  async setRole(
    @Caller() user: HttpCaller,
    @Param('id') id: string,
    @Param('user', UserIdPipe) userId: string,
    @Body(new FramePipe(RoleDto)) { role }: RoleDto,
  ) {
    await this.moderation.setRole(user, id, userId, role);
  }

  @Delete(':id/members/:user')
  @HttpCode(204)
  async remove(@Caller() user: HttpCaller, @Param('id') id: string, @Param('user', UserIdPipe) userId: string) {
    await this.moderation.remove(user, id, userId);
  }

  @Get(':id/bans')
  bans(
    @Caller() user: HttpCaller,
    @Param('id') id: string,
    @Query(new FramePipe(PageDto)) { after, limit = DEFAULT_LIMIT }: PageDto,
  ) {
    return this.moderation.bans(user, id, after, limit);
  }

  @Put(':id/bans/:user')
  @HttpCode(204)
  async ban(
    @Caller() user: HttpCaller,
    @Param('id') id: string,
    @Param('user', UserIdPipe) userId: string,
    @Body(new FramePipe(BanDto)) { reason, until }: BanDto,
  ) {
    const end = until == null ? undefined : Date.parse(until);
    if (end !== undefined && !(end > Date.now())) throw invalid([{ field: 'until', message: 'until must be to come' }]);
    await this.moderation.ban(user, id, userId, { reason: reason ?? undefined, until: end });
  }

  @Delete(':id/bans/:user')
  @HttpCode(204)
  async unban(@Caller() user: HttpCaller, @Param('id') id: string, @Param('user', UserIdPipe) userId: string) {
    await this.moderation.unban(user, id, userId);
  }
}
