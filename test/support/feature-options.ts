import { AdminOptions, checkAdmin } from '../../src/features/admin/admin.options';
import { checkDocuments, DocumentsOptions } from '../../src/features/asyncapi/documents.options';
import { AuditOptions, checkAudit } from '../../src/features/audit/audit.options';
import { ChannelsOptions, checkChannels } from '../../src/features/chat/channels/channels.options';
import { ChatOptions, checkChat } from '../../src/features/chat/chat.options';
import { checkHealth, HealthOptions } from '../../src/features/health/health.options';
import { checkMailbox, MailboxOptions } from '../../src/features/mailbox/mailbox.options';
import { checkMetrics, MetricsOptions } from '../../src/features/metrics/metrics.options';
import { checkPresence, PresenceOptions } from '../../src/features/presence/presence.options';
import { TracingOptions } from '../../src/features/tracing/tracing.options';
import { OptionsCheck, resolveOptions } from '../../src/options/resolve-options';

interface FeatureGroup {
  readonly Class: new () => object;
  readonly check?: OptionsCheck<never>;
}

/** The options of each feature, by the name of its group. */
export const FEATURE_GROUPS: Readonly<Record<string, FeatureGroup>> = {
  admin: { Class: AdminOptions, check: checkAdmin },
  asyncapi: { Class: DocumentsOptions, check: checkDocuments },
  audit: { Class: AuditOptions, check: checkAudit },
  channels: { Class: ChannelsOptions, check: checkChannels },
  chat: { Class: ChatOptions, check: checkChat },
  health: { Class: HealthOptions, check: checkHealth },
  mailbox: { Class: MailboxOptions, check: checkMailbox },
  metrics: { Class: MetricsOptions, check: checkMetrics },
  presence: { Class: PresenceOptions, check: checkPresence },
  tracing: { Class: TracingOptions },
};

/** @throws InvalidOption as the feature's module does at boot */
export function resolveFeature(name: string, given: object): object {
  const { Class, check } = FEATURE_GROUPS[name];
  return resolveOptions(name, Class, given, check as OptionsCheck<object> | undefined);
}
