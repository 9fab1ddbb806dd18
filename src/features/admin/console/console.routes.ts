import { Injectable, OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { posix } from 'node:path';
import { applicationConfig } from '../../../gateway/commands/enhancers';
import { Answer, PlainRequest, serve } from '../../../gateway/http/plain-route';
import { AdminOptions } from '../admin.options';
import { HttpPaths } from '../../../gateway/http/http-paths';
import { EndpointOptions } from '../../../gateway/handshake/endpoint.options';
import { Asset } from './asset';

/** Serves the console: a page without data, that asks the admin API for it. */
@Injectable()
export class ConsoleRoutes implements OnModuleInit {
  constructor(
    private readonly admin: AdminOptions,
    private readonly paths: HttpPaths,
    private readonly endpoint: EndpointOptions,
    private readonly host: HttpAdapterHost,
    private readonly moduleRef: ModuleRef,
  ) {}

  onModuleInit(): void {
    const { admin } = this;
    if (!admin.console) return;
    const { path } = admin.console;
    const page = new Asset('index.html', 'text/html; charset=utf-8', (html) => this.#fill(html, path, admin.prefix));
    const script = new Asset('console.js', 'text/javascript; charset=utf-8');
    const style = new Asset('console.css', 'text/css; charset=utf-8');
    serve(this.host, path, async (request) => withoutSlash(request, path) ?? page.answer(request));
    serve(this.host, `${path}/console.js`, (request) => script.answer(request));
    serve(this.host, `${path}/console.css`, (request) => style.answer(request));
  }

  /** Says where everything is, as seen from the page: a proxy may have put more before it. */
  #fill(html: string, path: string, prefix: string): string {
    const global = applicationConfig(this.moduleRef).getGlobalPrefix();
    const places: Record<string, string> = {
      page: posix.basename(path),
      api: relative(path, posix.join('/', global, prefix)),
      channels: this.#link(path, 'channels'),
      health: this.#link(path, 'health'),
      socket: relative(path, this.endpoint.path),
    };
    return html.replace(/\{(\w+)\}/g, (_, name: string) => encodeURI(places[name]));
  }

  /** Empty where nothing answers. */
  #link(page: string, name: string): string {
    const path = this.paths.find(name);
    return path === undefined ? '' : relative(page, path);
  }
}

/** Express answers under both; the page's own files are not there. */
function withoutSlash({ url }: PlainRequest, path: string): Answer | undefined {
  if (!/^[^?]*\/(\?|$)/.test(url)) return undefined;
  const headers = { Location: `../${posix.basename(path)}` };
  return { status: 308, type: 'text/plain; charset=utf-8', body: '', headers };
}

function relative(page: string, path: string): string {
  return posix.relative(posix.dirname(page), path) || '.';
}
