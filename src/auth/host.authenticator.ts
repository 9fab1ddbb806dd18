import { HttpException, OnModuleInit, Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ErrorCode, RealtimeError } from '../protocol/errors';
import { isCleanText } from '../protocol/text';
import { Authenticator, PresentedCredential } from './authenticator';
import type { Identity } from './identity';
import { provided } from '../nest/provided';

const BY_STATUS: Partial<Record<number, ErrorCode>> = {
  400: 'unauthorized',
  401: 'unauthorized',
  403: 'forbidden',
  429: 'limit_exceeded',
  503: 'unavailable',
};

/** The last millisecond a Date can hold. */
const MAX_DATE = 8.64e15;

/** The authenticator the host gave, found among its providers at boot, when all of them are there. */
export class HostAuthenticator extends Authenticator implements OnModuleInit {
  #authenticator: Authenticator | undefined;

  constructor(
    private readonly given: Authenticator | Type<Authenticator>,
    private readonly moduleRef: ModuleRef,
  ) {
    super();
  }

  async onModuleInit(): Promise<void> {
    this.#authenticator = await provided(this.given, this.moduleRef);
  }

  override async authenticate(presented: PresentedCredential): Promise<Identity> {
    try {
      return checked(await this.#authenticator!.authenticate(presented));
    } catch (error) {
      throw toRealtimeError(error) ?? withoutToken(error, presented.token);
    }
  }
}

/** Whether what came back can be relied on: elsewhere it is, and a wrong one would show only there. */
function checked(identity: Identity): Identity {
  const { userId, roles, expiresAt } = identity ?? {};
  if (!isCleanText(userId) || userId === '')
    throw new TypeError('An Identity needs a userId, a string with text in it.');
  if (!Array.isArray(roles)) throw new TypeError('An Identity needs roles, a list of strings; [] for none.');
  if (expiresAt !== undefined && !(expiresAt >= 0 && expiresAt <= MAX_DATE)) {
    throw new TypeError('The expiresAt of an Identity is in milliseconds since 1970, or left out.');
  }
  return identity;
}

/** Nest's own exceptions, as a guard would throw them. */
function toRealtimeError(error: unknown): RealtimeError | undefined {
  if (error instanceof RealtimeError) return error;
  const code = error instanceof HttpException ? BY_STATUS[error.getStatus()] : undefined;
  return code && new RealtimeError(code, (error as HttpException).message, { cause: error });
}

/** What failed goes to the log; the token must not, wherever the host's code has put it. */
function withoutToken(error: unknown, token: string): unknown {
  if (!(error instanceof Error) || !token || !`${error.message}${error.stack}`.includes(token)) return error;
  const clean = new Error(error.message.replaceAll(token, '…'));
  clean.stack = error.stack?.replaceAll(token, '…');
  return clean;
}
