import type { DynamicModule } from '@nestjs/common';
import { Backplane, RealtimeModule, RealtimeModuleOptions, SharedAdapters, Storage } from '../../src';
import type { Port } from '../../src/publishing/shared-adapters';
import { RedisAdapters, RedisConnections } from '../../src/adapters/redis';
import { AdminModule, AdminOptions } from '../../src/features/admin';
import { AsyncApiModule, DocumentsOptions } from '../../src/features/asyncapi';
import { AuditModule, AuditOptions } from '../../src/features/audit';
import { ChannelsModule, ChannelsOptions, ChatModule, ChatOptions } from '../../src/features/chat';
import { HealthModule, HealthOptions } from '../../src/features/health';
import { MailboxModule, MailboxOptions } from '../../src/features/mailbox';
import { MetricsModule, MetricsOptions } from '../../src/features/metrics';
import { PresenceModule, PresenceOptions } from '../../src/features/presence';
import { TracingModule, TracingOptions } from '../../src/features/tracing';

/** The options of the core and of all features; `false` leaves a feature out. */
export interface RealtimeModulesOptions extends Partial<RealtimeModuleOptions> {
  /** In the place of `backplane: redis({ … })`; with a backplane of its own beside it. */
  redis?: RedisConnections;
  presence?: Partial<PresenceOptions> | false;
  /** Left out where there is no storage, as are mailbox, channels and audit. */
  chat?: Partial<ChatOptions>;
  mailbox?: Partial<MailboxOptions>;
  channels?: Partial<ChannelsOptions> & { rest?: boolean };
  audit?: Partial<AuditOptions> | false;
  /** Only where it is given. */
  admin?: Partial<AdminOptions>;
  /** Without Prometheus unless it is given. */
  metrics?: Partial<MetricsOptions>;
  health?: Partial<HealthOptions>;
  asyncapi?: Partial<DocumentsOptions> & { serve?: boolean };
  tracing?: Partial<TracingOptions> | false;
}

/** An application with the core and all features that have what they need. */
export function realtimeModules(options: RealtimeModulesOptions): DynamicModule[] {
  const { redis, presence, chat, mailbox, channels, audit, admin, metrics, health, asyncapi, tracing, ...core } =
    options;
  const backplane = redis ? sharedBy(redis, core.backplane as Backplane | undefined) : core.backplane;
  const hasStorage = core.storage instanceof Storage;
  const stored = (): DynamicModule[] => [
    ChatModule.forRoot(chat),
    MailboxModule.forRoot(mailbox),
    ChannelsModule.forRoot(channels),
  ];
  return [
    RealtimeModule.forRoot({ ...core, backplane } as RealtimeModuleOptions),
    ...(presence === false ? [] : [PresenceModule.forRoot(presence)]),
    ...(hasStorage ? stored() : []),
    ...(audit !== false && (hasStorage || audit?.sink) ? [AuditModule.forRoot(audit)] : []),
    MetricsModule.forRoot(metrics ?? { prometheus: false }),
    HealthModule.forRoot(health),
    AsyncApiModule.forRoot({ serve: true, ...asyncapi }),
    ...(tracing === false ? [] : [TracingModule.forRoot(tracing)]),
    ...(admin ? [AdminModule.forRoot(admin)] : []),
  ];
}

/** The adapters of one Redis, beside another backplane. */
class BesideBackplane extends SharedAdapters {
  constructor(
    override readonly backplane: Backplane,
    private readonly shared: SharedAdapters,
  ) {
    super();
  }

  override find<Adapter>(port: Port<Adapter>, settings?: object): Adapter | undefined {
    return this.shared.find(port, settings);
  }

  override close(): Promise<void> {
    return this.shared.close();
  }
}

function sharedBy(redis: RedisConnections, backplane: Backplane | undefined): SharedAdapters {
  const shared = new RedisAdapters(redis);
  return backplane ? new BesideBackplane(backplane, shared) : shared;
}
