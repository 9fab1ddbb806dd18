import { Global, Module, Provider } from '@nestjs/common';
import { ShutdownTasks } from '../../gateway/shutdown/shutdown-tasks';
import { RealtimeCounters } from '../../connections/realtime-counters';
import { feature } from '../../module/feature';
import { ActivityLog } from '../../reports/activity-log';
import { NoStorage } from '../../storage/no.storage';
import { Storage } from '../../storage/storage';
import { Audit } from './audit';
import { AuditEntries } from './audit-entries.repository';
import { AuditListener } from './audit.listener';
import { AuditLog } from './audit-log';
import { AuditOptions, checkAudit } from './audit.options';
import { HostAudit, SINK } from './host.audit';
import { SqlAudit } from './sql.audit';

const { FeatureModule, providers } = feature({
  name: 'Audit',
  group: 'audit',
  Class: AuditOptions,
  check: checkAudit,
});

const audit: Provider = {
  provide: Audit,
  inject: [AuditOptions, Storage, AuditEntries, RealtimeCounters, ShutdownTasks],
  useFactory: (options: AuditOptions, storage: Storage, ...rest: [AuditEntries, RealtimeCounters, ShutdownTasks]) => {
    if (options.sink) return new HostAudit(options.sink);
    if (!(storage instanceof NoStorage)) return new SqlAudit(options, ...rest);
    throw new Error(
      'AuditModule needs a database or a sink: pass storage: new SqliteStorage({ file }) to RealtimeModule.forRoot(), ' +
        'or sink to AuditModule.forRoot().',
    );
  },
};

/** The audit: a record of who connected, joined, chatted and was disconnected by whom. */
@Global()
@Module({
  providers: [
    ...[...providers, audit, SINK, AuditEntries, AuditListener, AuditLog],
    { provide: ActivityLog, useExisting: AuditLog },
  ],
  exports: [AuditLog, ActivityLog],
})
export class AuditModule extends FeatureModule {}
