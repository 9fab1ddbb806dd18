import type { Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Authenticator, Presented } from './authenticator';
import type { Identity } from './identity';
import { provided } from './provided';

/** The authenticator the host gave, found among its providers at the first use, when all of them are there. */
export class HostAuthenticator extends Authenticator {
  #authenticator: Promise<Authenticator> | undefined;

  constructor(
    private readonly given: Authenticator | Type<Authenticator>,
    private readonly moduleRef: ModuleRef,
  ) {
    super();
  }

  override async authenticate(presented: Presented): Promise<Identity> {
    this.#authenticator ??= provided(this.given, this.moduleRef);
    return (await this.#authenticator).authenticate(presented);
  }
}
