import { Injectable } from '@nestjs/common';
import type { Backplane } from '../../publishing/backplane';
import { Tracing } from '../../publishing/tracing';
import { TracedBackplane } from './traced.backplane';
import { TracingOptions } from './tracing.options';

/** Tracing with OpenTelemetry. */
@Injectable()
export class OpenTelemetryTracing extends Tracing {
  constructor(private readonly options: TracingOptions = new TracingOptions()) {
    super();
  }

  override wrap(backplane: Backplane): Backplane {
    return new TracedBackplane(backplane, this.options.frames);
  }
}
