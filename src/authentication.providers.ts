import type { Provider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Authenticator } from './auth/authenticator';
import { HostAuthenticator } from './auth/host.authenticator';
import { JwtAuthenticator } from './auth/jwt.authenticator';
import { Clock } from './async/clock';
import { RevocationAuthenticator } from './gateway/handshake/revocation.authenticator';
import { Revocations } from './gateway/handshake/revocations';
import { AuthOptions } from './auth/auth.options';
import { SharedAdapters } from './shared-adapters';

/** The authenticator of a node: the host's or that for JWT, which refuses whom an administrator barred. */
export const authentication: Provider[] = [
  {
    provide: Revocations,
    inject: [Clock, SharedAdapters],
    useFactory: (clock: Clock, { revocations }: SharedAdapters) => new Revocations(clock, revocations),
  },
  {
    provide: Authenticator,
    inject: [AuthOptions, ModuleRef, Clock, Revocations],
    useFactory: (auth: AuthOptions, moduleRef: ModuleRef, clock: Clock, revocations: Revocations) => {
      const { authenticator } = auth;
      const given = authenticator ? new HostAuthenticator(authenticator, moduleRef) : new JwtAuthenticator(auth, clock);
      return new RevocationAuthenticator(given, revocations);
    },
  },
];
