import type { INestApplication, NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RealtimeWsAdapter } from '../index';
import { BodyPipe } from './body.pipe';
import { DemoModule } from './demo.module';
import type { Environment } from './environment';

/** The demo, ready to listen. */
export async function createApplication(
  environment: Environment,
  options: NestApplicationOptions = {},
): Promise<INestApplication> {
  const app = await NestFactory.create(DemoModule.forRoot(environment), options);
  app.useWebSocketAdapter(new RealtimeWsAdapter(app));
  app.useGlobalPipes(new BodyPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
  // Pages of the origins that may connect may also call the REST API.
  if (environment.ORIGINS !== 'same') app.enableCors({ origin: environment.ORIGINS });
  return app;
}
