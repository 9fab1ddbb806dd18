import { Body, Controller, INestApplication, Post } from '@nestjs/common';
import { context, propagation, Span, SpanKind, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { EventsService } from '../../src';
import type { EmitOptions } from '../../src';
import type { RealtimeTestOptions } from './realtime';

/** What the process traced; the provider is registered once, as an application does at its start. */
export const spans = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });

export function startTracing(): void {
  provider.register();
}

export async function stopTracing(): Promise<void> {
  await provider.shutdown();
  for (const part of [trace, context, propagation]) part.disable();
}

@Controller('tasks')
class TasksController {
  constructor(private readonly events: EventsService) {}

  @Post()
  create(@Body() target: EmitOptions) {
    return this.events.emit('task.created', { title: 'a secret' }, target);
  }
}

/** An application that emits on request, with what an instrumentation of HTTP does: one span for each request. */
export const tracedHost: RealtimeTestOptions = {
  host: { controllers: [TasksController] },
  configure: (app: INestApplication) => void app.use(traceRequest),
};

function traceRequest(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const parent = propagation.extract(context.active(), request.headers);
  trace.getTracer('http').startActiveSpan('POST /tasks', { kind: SpanKind.SERVER }, parent, (span: Span) => {
    response.once('finish', () => span.end());
    next();
  });
}

export function named(name: RegExp): ReadableSpan[] {
  return spans.getFinishedSpans().filter((span) => name.test(span.name));
}
