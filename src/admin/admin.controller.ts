import { UseFilters, UseGuards } from '@nestjs/common';
import { AdminFilter } from './admin.filter';
import { AdminGuard } from './admin.guard';

/** What all controllers of the admin API have in common. */
@UseGuards(AdminGuard)
@UseFilters(AdminFilter)
export abstract class AdminController {}
