/** What of OpenTelemetry is used. */
export type OpenTelemetry = typeof import('@opentelemetry/api');

/** The application's tracing, which all copies of the package share; none where the package is not installed. */
export function openTelemetry(): OpenTelemetry | undefined {
  try {
    // Optional: who traces nothing does not need it.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('@opentelemetry/api') as OpenTelemetry;
  } catch {
    return undefined;
  }
}
