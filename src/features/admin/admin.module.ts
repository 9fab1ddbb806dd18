import { DynamicModule, Module, Provider } from '@nestjs/common';
import { feature, requirement } from '../../module/feature';
import { NodeFigures } from '../../reports/node-figures';
import { Actions } from './actions';
import { AdminOptions, checkAdmin } from './admin.options';
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

const { FeatureModule, providers } = feature({
  name: 'Admin',
  group: 'admin',
  Class: AdminOptions,
  check: checkAdmin,
  extras: {},
  complete: withControllers,
});

/** Their paths are an option: each application has controllers of its own. */
function withControllers(definition: DynamicModule): DynamicModule {
  const controllers = adminControllers();
  const routes: Provider = {
    provide: AdminRoutes,
    inject: [AdminOptions],
    useFactory: (options: AdminOptions) => new AdminRoutes(controllers, options),
  };
  return { ...definition, controllers, providers: [...(definition.providers ?? []), routes] };
}

const figures = requirement(
  NodeFigures,
  'AdminModule needs MetricsModule: add MetricsModule.forRoot({ prometheus: false }) to the imports.',
);

/** The admin API, and a console on top of it. */
@Module({
  providers: [
    ...[...providers, figures, ConsoleRoutes, Actions, Cluster, Explanation, Reports],
    ...[RoomPublications, RoomReport, LocalAudience, LocalConnections, LocalMeasures],
  ],
})
export class AdminModule extends FeatureModule {}
