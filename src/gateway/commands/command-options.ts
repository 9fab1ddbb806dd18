import { applyDecorators, createParamDecorator, CustomDecorator, ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Connection } from '../../connections/connection';
import type { InboundFrame } from '../../connections/inbound-frame';
import type { StoredReply } from '../idempotency/reply-store';

/**
 * What a repeated `message_id` of the same user does: `user`: is answered with the first one's reply, over whichever
 * connection it comes; `connection`: the same, but only on the connection it came over first, for commands that
 * change that connection; `none`: is executed again, for commands that only read.
 */
export type IdempotencyScope = 'user' | 'connection' | 'none';

/** Whether what a kept reply says is still so. */
export type Holds<Gateway extends object = never> = (
  gateway: Gateway,
  connection: Connection,
  reply: StoredReply,
) => boolean;

export const HOLDS = 'nestjs-realtime:holds';
export const IDEMPOTENCY = 'nestjs-realtime:idempotency';
export const UNAUTHENTICATED = 'nestjs-realtime:unauthenticated';

/** Sets how a command treats a repeated `message_id`. @default 'user' */
export function Idempotency(scope: IdempotencyScope): CustomDecorator {
  return SetMetadata(IDEMPOTENCY, scope);
}

/**
 * As `Idempotency('connection')`, for a command whose reply says how things are: one that does not hold any more, because
 * the client was turned out meanwhile, is forgotten, and the command is executed again.
 */
export function IdempotentWhile<Gateway extends object>(holds: Holds<Gateway>): MethodDecorator {
  return applyDecorators(Idempotency('connection'), SetMetadata(HOLDS, holds));
}

/** Lets clients use a command before they have authenticated. */
export function Unauthenticated(): CustomDecorator {
  return SetMetadata(UNAUTHENTICATED, true);
}

/** Where `@Inbound()` comes from: it is not the client's, so no pipe has anything to say about it. */
export function inboundFrame(_: unknown, context: ExecutionContext): InboundFrame {
  return context.getArgByIndex(3);
}

/** The frame a command came in, as a parameter of its handler. */
export const Inbound = createParamDecorator(inboundFrame);
