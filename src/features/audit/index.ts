export { AuditModule } from './audit.module';
export type { AuditOptions } from './audit.options';
export { Audit } from './audit';
export type { AuditEntry } from './audit';
export { AuditLog } from './audit-log';
export type { AuditPage, AuditQuery, AuditRecord } from './audit-log';
