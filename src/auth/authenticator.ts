import type { IncomingHttpHeaders } from 'node:http';
import type { CredentialPlace } from './credential';
import type { Identity } from './identity';

/** What a client showed, and how it came. */
export interface PresentedCredential {
  readonly token: string;
  readonly place: CredentialPlace;
  readonly address: string;
  /** Headers of the upgrade request; they still hold the credential: never log them. */
  readonly headers: IncomingHttpHeaders;
}

/** Turns a token into an identity. Supplied by the module (JWT) or by the host (API keys, sessions). */
export abstract class Authenticator {
  /** @throws RealtimeError `unauthorized` for a token that is not good; `unavailable` when that cannot be said now. */
  abstract authenticate(presented: PresentedCredential): Identity | Promise<Identity>;
}
