import type { Provider, Type } from '@nestjs/common';
import { AdminOptions } from './admin.options';
import { Actions } from './actions';
import { adminControllers, AdminRoutes } from './admin-routes';
import { Cluster } from './cluster';
import { ConsoleRoutes } from './console/console.routes';
import { Explanation } from './explanation';
import { LocalAudience } from './local-audience';
import { LocalConnections } from './local-connections';
import { LocalMeasures } from './local-measures';
import { Reports } from './reports';
import { RoomPublications } from './room-publications';
import { RoomReport } from './room-report';

/** What the admin API of one application is made of. */
export function adminParts(): { controllers: Type[]; providers: Provider[] } {
  const controllers = adminControllers();
  const routes: Provider = {
    provide: AdminRoutes,
    inject: [AdminOptions],
    useFactory: (options: AdminOptions | undefined) => new AdminRoutes(controllers, options),
  };
  const parts = [ConsoleRoutes, Actions, Cluster, Explanation, Reports, RoomPublications, RoomReport];
  const locals = [LocalAudience, LocalConnections, LocalMeasures];
  return { controllers, providers: [routes, ...parts, ...locals] };
}
