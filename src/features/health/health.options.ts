import { checkRoute } from '../../gateway/http/plain-route';

/** Health checks over HTTP. */
export class HealthOptions {
  /**
   * Where health is served, without a global prefix and without authentication, or `false` for nowhere. `<path>` and
   * `<path>/ready` answer 200 or 503, `<path>/live` answers 200. @default '/api/v1/websocket/health'
   */
  readonly path: string | false = '/api/v1/websocket/health';
}

/** @throws InvalidOption */
export function checkHealth({ path }: HealthOptions): void {
  checkRoute('health.path', path);
}
