import { createParamDecorator, CustomDecorator, ExecutionContext, SetMetadata } from '@nestjs/common';
import type { InboundFrame } from '../connections/inbound-frame';

/**
 * What a repeated `message_id` of the same user does: `user`: is answered with the first one's reply, over whichever
 * connection it comes; `connection`: the same, but only on the connection it came over first, for commands that
 * change that connection; `none`: is executed again, for commands that only read.
 */
export type IdempotencyScope = 'user' | 'connection' | 'none';

export const IDEMPOTENCY = 'nestjs-realtime:idempotency';
export const UNAUTHENTICATED = 'nestjs-realtime:unauthenticated';

/** Sets how a command treats a repeated `message_id`. @default 'user' */
export function Idempotency(scope: IdempotencyScope): CustomDecorator {
  return SetMetadata(IDEMPOTENCY, scope);
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
