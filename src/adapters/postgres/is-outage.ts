/**
 * SQLSTATE classes, or codes, of which the statement is not the cause: connection, resources, deadlock and lock, an
 * operator who intervened, a server that only reads now, whose disk or files fail, or which refuses the login.
 */
const OUTAGE = /^(08|28|3D|40|53|57|58|F0|XX|55P03|25006)/;

/** Whether PostgreSQL failed, and not the statement. What has no SQLSTATE never came from a server that works. */
export function isOutage(error: unknown): boolean {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return severity === undefined || typeof code !== 'string' || OUTAGE.test(code);
}
