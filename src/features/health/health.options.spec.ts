import { resolveOptions } from '../../options/resolve-options';
import { checkHealth, HealthOptions } from './health.options';

const resolve = (health?: object) => resolveOptions('health', HealthOptions, health, checkHealth);

describe('the options of health', () => {
  it('have defaults: health for everybody', () => {
    expect(resolve()).toEqual({ path: '/api/v1/websocket/health' });
  });

  it.each([
    [{ path: '/' }, "health.path must be a path such as '/metrics', or false, got '/'."],
    [{ path: true }, "health.path must be a path such as '/metrics', or false, got true."],
  ])('refuse what cannot work: %j', (options, message) => {
    expect(() => resolve(options)).toThrow(`RealtimeModule: option ${message}`);
  });
});
