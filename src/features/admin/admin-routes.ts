import type { Type } from '@nestjs/common';
import type { AdminOptions } from './admin.options';
import { ActionsController } from './actions.controller';
import { AdminController } from './admin.controller';
import { ReportsController } from './reports.controller';

/** Where Nest finds the path of a controller. */
const PATH = 'path';

/**
 * The admin API's controllers for one application. Options come later than the decorators, and two applications in one
 * process may have different ones: each has classes of its own.
 */
export function adminControllers(): Type[] {
  return [ReportsController, ActionsController].map((controller) => extended(controller));
}

export function isAdminController(controller: Type): boolean {
  return controller.prototype instanceof AdminController;
}

/** Puts the controllers of an application where it wants them, before its routes are made. */
export class AdminRoutes {
  constructor(controllers: readonly Type[], admin: AdminOptions) {
    for (const controller of controllers) Reflect.defineMetadata(PATH, admin.prefix, controller);
  }
}

/** With the same name: documents show it. */
function extended(controller: Type): Type {
  const extending = { [controller.name]: class extends controller {} };
  return extending[controller.name];
}
