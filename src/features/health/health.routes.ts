import { Injectable, OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { HealthOptions } from './health.options';
import { Health } from './health';
import { HttpPaths } from '../../gateway/http/http-paths';
import { Answer, serve } from '../../gateway/http/plain-route';

/** For probes and load balancers: `<path>` and `<path>/ready` tell whether it is ready, `<path>/live` that it runs. */
@Injectable()
export class HealthRoutes implements OnModuleInit {
  constructor(
    private readonly health: Health,
    private readonly options: HealthOptions,
    private readonly host: HttpAdapterHost,
    private readonly paths: HttpPaths,
  ) {}

  onModuleInit(): void {
    const { path } = this.options;
    if (!path) return;
    this.paths.add('health', path);
    for (const each of [path, `${path}/ready`]) serve(this.host, each, () => this.#ready());
    serve(this.host, `${path}/live`, async () => answer(200, { status: 'ok' }));
  }

  async #ready(): Promise<Answer> {
    const { ready, checks } = await this.health.readiness();
    return ready ? answer(200, { status: 'ok', checks }) : answer(503, { status: 'unavailable', checks });
  }
}

function answer(status: number, body: object): Answer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}
