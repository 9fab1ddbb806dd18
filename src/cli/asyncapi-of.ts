import type { INestApplication, NestApplicationOptions, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AsyncApi, AsyncApiDocument } from '../features/asyncapi/asyncapi';
import { AsyncApiModule } from '../features/asyncapi/asyncapi.module';
import { REALTIME_OPTIONS } from '../module/feature';
import { UserError } from './user-error';
import type { HostModule } from './host-module';

const NO_CORE = 'The application has no RealtimeModule, or one of another copy of nestjs-realtime.';

/** Standard output is for the document alone, and what fails is thrown. */
const OPTIONS: NestApplicationOptions = { logger: false, abortOnError: false };

/**
 * The document of an application that is created, but not started: no lifecycle hook runs, nothing listens. The
 * application need not import `AsyncApiModule`.
 * @throws UserError when it has no RealtimeModule
 */
export async function asyncApiOf(module: HostModule): Promise<AsyncApiDocument> {
  const document = (await documentOf(module)) ?? (await documentOf(withAsyncApi(module)));
  if (document) return document;
  throw new UserError(NO_CORE, 1);
}

function withAsyncApi(module: HostModule): HostModule {
  return { module: class WithAsyncApi {}, imports: [module, AsyncApiModule.forRoot()] };
}

/** Undefined where the application does not import `AsyncApiModule`, or no core. */
async function documentOf(module: HostModule): Promise<AsyncApiDocument | undefined> {
  const app = await create(module);
  try {
    if (!find(app, REALTIME_OPTIONS)) throw new UserError(NO_CORE, 1);
    return find<AsyncApi>(app, AsyncApi)?.document;
  } finally {
    await app.close();
  }
}

function find<T>(app: INestApplication, token: Type<T> | symbol): T | undefined {
  try {
    return app.get<T>(token, { strict: false });
  } catch {
    return undefined;
  }
}

/** Over whichever of Nest's HTTP adapters is installed. */
async function create(module: HostModule) {
  if (isInstalled('@nestjs/platform-express')) return NestFactory.create(module, OPTIONS);
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  return NestFactory.create(module, new FastifyAdapter(), OPTIONS);
}

function isInstalled(name: string): boolean {
  try {
    return Boolean(require.resolve(name));
  } catch {
    return false;
  }
}
