import type { Provider } from '@nestjs/common';
import { ThrottledLogger } from '../../logging/throttled-logger';
import { AuditOptions } from './audit.options';
import { Audit, AuditEntry } from './audit';

/** The host's sink itself: Nest calls its hooks. */
export const SINK: Provider = {
  provide: Symbol('sink'),
  inject: [AuditOptions],
  useFactory: ({ sink }: AuditOptions) => sink ?? {},
};

/** The `sink` of the host. Where it fails, against its guarantee, an entry is lost and logged; nobody else is hurt. */
export class HostAudit extends Audit {
  readonly #failures = new ThrottledLogger();

  constructor(private readonly sink: Audit) {
    super();
  }

  override record(entry: AuditEntry): void {
    try {
      // A sink in JavaScript, or one whose author overlooked it, may be asynchronous.
      const recorded: unknown = this.sink.record(entry);
      if (recorded instanceof Promise) recorded.catch((error: unknown) => this.#failed(error));
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const text = 'The audit sink failed';
    this.#failures.error(text, `${text}: ${String(error)}`, error instanceof Error ? error.stack : undefined);
  }
}
