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
import { HttpApi } from '../../../gateway/http/http-api.decorator';
import { BearerGuard, Caller, type HttpCaller } from '../../../gateway/handshake/bearer.guard';
import { BodyGuard } from '../../../gateway/handshake/body.guard';
import { CsrfGuard } from '../../../gateway/handshake/csrf.guard';
import { FramePipe, invalid, MAX_VALUES } from '../../../gateway/validation/frame.pipe';
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
import { BAN_PAGE, CHANNEL, CHANNEL_PAGE, MEMBER_PAGE } from './channel.schema';
import { CHANNEL_STATS } from '../../../reports/channel-reports';
import { toChannel } from './channel';
import { ChannelMembership } from './channel-membership';
import { ChannelModeration } from './channel-moderation';
import { ChannelStatistics } from './channel-statistics';
import { ChannelsFilter } from './channels.filter';
import { CHANNELS_PATH } from './channels.routes';
import { ChannelsService } from './channels.service';
import { RequestRateGuard } from './request-rate.guard';
import { UserIdPipe } from '../../../gateway/http/user-id.pipe';

const DEFAULT_LIMIT = 50;

/** Channels over HTTP, under the rules that hold for their rooms. */
@Controller(CHANNELS_PATH)
@UseGuards(BearerGuard, CsrfGuard, RequestRateGuard, new BodyGuard(MAX_VALUES))
@UseFilters(ChannelsFilter)
export class ChannelsController {
  constructor(
    private readonly channels: ChannelsService,
    private readonly membership: ChannelMembership,
    private readonly moderation: ChannelModeration,
    private readonly statistics: ChannelStatistics,
  ) {}

  @HttpApi("Makes a channel of the caller's", CHANNEL)
  @Post()
  create(@Caller() user: HttpCaller, @Body(new FramePipe(CreateChannelDto)) channel: CreateChannelDto) {
    return this.channels.create(user, channel);
  }

  @HttpApi("Those that are not private, and the caller's own, by id", CHANNEL_PAGE)
  @Get()
  page(@Caller() user: HttpCaller, @Query(new FramePipe(PageDto)) { after, limit = DEFAULT_LIMIT }: PageDto) {
    return this.channels.page(user, after, limit);
  }

  @HttpApi('Shows a channel', CHANNEL)
  @Get(':id')
  get(@Caller() user: HttpCaller, @Param('id') id: string) {
    return this.channels.get(user, id);
  }

  @HttpApi('Changes a channel; its owner', CHANNEL)
  @Patch(':id')
  update(
    @Caller() user: HttpCaller,
    @Param('id') id: string,
    @Body(new FramePipe(UpdateChannelDto)) change: UpdateChannelDto,
  ) {
    return this.channels.update(user, id, change);
  }

  @HttpApi('Sets the password, null for none; its owner. Members stay', CHANNEL)
  @Put(':id/password')
  setPassword(
    @Caller() user: HttpCaller,
    @Param('id') id: string,
    @Body(new FramePipe(PasswordDto)) { password }: PasswordDto,
  ) {
    return this.channels.setPassword(user, id, password);
  }

  @HttpApi('Deletes a channel; its owner')
  @Delete(':id')
  @HttpCode(204)
  async delete(@Caller() user: HttpCaller, @Param('id') id: string) {
    await this.channels.delete(user, id);
  }

  @HttpApi('Makes the caller a member', CHANNEL)
  @Post(':id/join')
  @HttpCode(200)
  async join(
    @Caller() user: HttpCaller,
    @Param('id') id: string,
    @Body(new FramePipe(JoinChannelDto)) { password }: JoinChannelDto,
  ) {
    return toChannel(await this.membership.enter(user, id, password ?? undefined));
  }

  @HttpApi('Ends the membership of the caller')
  @Post(':id/leave')
  @HttpCode(204)
  async leave(@Caller() user: HttpCaller, @Param('id') id: string) {
    await this.membership.leave(user, id);
  }

  @HttpApi('How many are members, and in its room, and what was said when; whoever may read the channel', CHANNEL_STATS)
  @Get(':id/stats')
  stats(@Caller() user: HttpCaller, @Param('id') id: string) {
    return this.statistics.shown(user, id);
  }

  @HttpApi('Who is a member; whoever may read the channel', MEMBER_PAGE)
  @Get(':id/members')
  members(
    @Caller() user: HttpCaller,
    @Param('id') id: string,
    @Query(new FramePipe(PageDto)) { after, limit = DEFAULT_LIMIT }: PageDto,
  ) {
    return this.channels.memberPage(user, id, after, limit);
  }

  @HttpApi('Makes somebody a member; moderators')
  @Post(':id/members')
  @HttpCode(204)
  async invite(
    @Caller() user: HttpCaller,
    @Param('id') id: string,
    @Body(new FramePipe(UserDto)) { user_id }: UserDto,
  ) {
    await this.moderation.invite(user, id, user_id);
  }

  @HttpApi('Gives a member a role; the owner')
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

  @HttpApi('Removes a member; moderators')
  @Delete(':id/members/:user')
  @HttpCode(204)
  async remove(@Caller() user: HttpCaller, @Param('id') id: string, @Param('user', UserIdPipe) userId: string) {
    await this.moderation.remove(user, id, userId);
  }

  @HttpApi('Who is banned; moderators', BAN_PAGE)
  @Get(':id/bans')
  bans(
    @Caller() user: HttpCaller,
    @Param('id') id: string,
    @Query(new FramePipe(PageDto)) { after, limit = DEFAULT_LIMIT }: PageDto,
  ) {
    return this.moderation.bans(user, id, after, limit);
  }

  @HttpApi('Bans somebody, member or not; moderators')
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

  @HttpApi('Lifts a ban; moderators')
  @Delete(':id/bans/:user')
  @HttpCode(204)
  async unban(@Caller() user: HttpCaller, @Param('id') id: string, @Param('user', UserIdPipe) userId: string) {
    await this.moderation.unban(user, id, userId);
  }
}
