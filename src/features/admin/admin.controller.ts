import { UseFilters, UseGuards } from '@nestjs/common';
import { BodyGuard } from '../../gateway/handshake/body.guard';
import { CsrfGuard } from '../../gateway/handshake/csrf.guard';
import { MAX_FRAME_VALUES } from '../../protocol/frame-bounds';
import { AdminFilter } from './admin.filter';
import { AdminGuard } from './admin.guard';

/** What all controllers of the admin API have in common. */
@UseGuards(AdminGuard, CsrfGuard, new BodyGuard(MAX_FRAME_VALUES))
@UseFilters(AdminFilter)
export abstract class AdminController {}
