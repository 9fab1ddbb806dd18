import type { Provider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Clock } from '../async/clock';
import { AuthOptions } from '../auth/auth.options';
import { Authenticator } from '../auth/authenticator';
import { HostAuthenticator } from '../auth/host.authenticator';
import { JwtAuthenticator } from '../auth/jwt.authenticator';
import { RevocationAuthenticator } from '../gateway/handshake/revocation.authenticator';
import { Revocations, SharedRevocations } from '../gateway/handshake/revocations';
import { IdempotencyOptions } from '../gateway/idempotency/idempotency.options';
import { MemoryReplyStore } from '../gateway/idempotency/memory-reply-store';
import { ReplyStore } from '../gateway/idempotency/reply-store';
import { MemoryUserLimits } from '../gateway/limits/memory-user-limits';
import { UserLimits } from '../gateway/limits/user-limits';
import { Nodes } from '../nodes/nodes';
import { OneNode } from '../nodes/one-node';
import { Backplane } from '../publishing/backplane';
import { MemoryBackplane } from '../publishing/memory/memory.backplane';
import { Publisher } from '../publishing/publisher';
import { SharedAdapters } from '../publishing/shared-adapters';
import { Tracing } from '../publishing/tracing';
import { migrateOnBoot } from '../storage/migrate-on-boot';
import { NoStorage } from '../storage/no.storage';
import { Storage } from '../storage/storage';
import { AdapterOptions, sharedOf } from './adapter.options';
import { REALTIME_OPTIONS } from './feature';

/** Injects the adapters as the application passed them. */
export const ADAPTERS = Symbol('adapters');

const optional = (token: abstract new (...args: never[]) => unknown) => ({ token, optional: true });

/** The adapters of every process, and what publishes through them. */
export const adapters: Provider[] = [
  Publisher,
  {
    provide: SharedAdapters,
    inject: [ADAPTERS],
    useFactory: ({ backplane }: AdapterOptions) => sharedOf(backplane),
  },
  {
    provide: Backplane,
    inject: [ADAPTERS, optional(Tracing)],
    useFactory: ({ backplane: given }: AdapterOptions, tracing?: Tracing) => {
      const backplane = sharedOf(given)?.backplane ?? (given as Backplane | undefined) ?? new MemoryBackplane();
      return tracing ? tracing.wrap(backplane) : backplane;
    },
  },
  {
    provide: Storage,
    // After the options are checked: nothing is opened for an application that will not boot.
    inject: [ADAPTERS, REALTIME_OPTIONS],
    useFactory: ({ storage }: AdapterOptions) => (storage ? migrateOnBoot(storage) : new NoStorage()),
  },
];

/** Those of a process that serves clients. */
export const nodeAdapters: Provider[] = [
  ...adapters,
  {
    provide: UserLimits,
    inject: [ADAPTERS, optional(SharedAdapters)],
    useFactory: ({ userLimits }: AdapterOptions, shared?: SharedAdapters) =>
      userLimits ?? shared?.find(UserLimits) ?? new MemoryUserLimits(),
  },
  {
    provide: Nodes,
    inject: [ADAPTERS, optional(SharedAdapters)],
    useFactory: ({ nodes }: AdapterOptions, shared?: SharedAdapters) => nodes ?? shared?.find(Nodes) ?? new OneNode(),
  },
  {
    provide: MemoryReplyStore,
    inject: [IdempotencyOptions, Clock],
    useFactory: (idempotency: IdempotencyOptions, clock: Clock) => new MemoryReplyStore(idempotency, clock),
  },
  {
    provide: ReplyStore,
    inject: [ADAPTERS, MemoryReplyStore, IdempotencyOptions, optional(SharedAdapters)],
    useFactory: (
      { replies }: AdapterOptions,
      own: MemoryReplyStore,
      idempotency: IdempotencyOptions,
      shared?: SharedAdapters,
    ) => replies ?? shared?.find(ReplyStore, idempotency) ?? own,
  },
  {
    provide: Revocations,
    inject: [Clock, optional(SharedAdapters)],
    useFactory: (clock: Clock, shared?: SharedAdapters) => new Revocations(clock, shared?.find(SharedRevocations)),
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
