import type { OnModuleInit } from '@nestjs/common';
import { Authenticator, PresentedCredential } from '../../auth/authenticator';
import type { Identity } from '../../auth/identity';
import { mapMaybePromise } from '../../async/maybe-promise';
import type { Revocations } from './revocations';

/** Refuses whom an administrator barred, however good the credential: at the handshake, in a frame, and over REST. */
export class RevocationAuthenticator extends Authenticator implements OnModuleInit {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly revocations: Revocations,
  ) {
    super();
  }

  async onModuleInit(): Promise<void> {
    await (this.authenticator as Partial<OnModuleInit>).onModuleInit?.();
  }

  /** @throws RealtimeError also `banned` */
  override authenticate(presented: PresentedCredential): Identity | Promise<Identity> {
    return mapMaybePromise(this.authenticator.authenticate(presented), (identity) => {
      this.revocations.check(identity);
      return identity;
    });
  }
}
