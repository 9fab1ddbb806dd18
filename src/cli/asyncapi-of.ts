import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AsyncApi, AsyncApiDocument } from '../features/asyncapi/asyncapi';
import { Complaint } from './complaint';
import type { HostModule } from './host-module';

/** Standard output is for the document alone, and what fails is thrown. */
const OPTIONS: NestApplicationOptions = { logger: false, abortOnError: false };

/**
 * The document of an application that is made, but not started: no lifecycle hook runs, nothing listens.
 * @throws Complaint when it has no RealtimeModule
 */
export async function asyncApiOf(module: HostModule): Promise<AsyncApiDocument> {
  const app = await create(module);
  try {
    return app.get(AsyncApi, { strict: false }).document;
  } catch (error) {
    if ((error as Error).constructor.name !== 'UnknownElementException') throw error;
    throw new Complaint('The application has no RealtimeModule, or one of another copy of nestjs-realtime.', 1, {
      cause: error,
    });
  } finally {
    await app.close();
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
