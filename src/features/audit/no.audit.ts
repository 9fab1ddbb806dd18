import { Audit } from './audit';

/** Records nothing; nobody even listens for it. */
export class NoAudit extends Audit {
  override record(): void {}
}
