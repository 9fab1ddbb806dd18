import { context, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import request from 'supertest';
import { Backplane, Emitter, MemoryBackplane } from '../../src';
import type { EmitOptions } from '../../src';
import type { TestClient } from '../support/client';
import { OpenTelemetryTracing } from '../../src/features/tracing';
import { realtime, Realtime, stopAll } from '../support/realtime';
import { nodesOn } from '../support/redis-nodes';
import { RedisServer, stopRedis } from '../support/redis-server';
import { named, spans, startTracing, stopTracing, tracedHost } from '../support/tracing';
import { until } from '../support/until';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SAMPLED = `00-${TRACE}-00f067aa0ba902b7-01`;
const UNSAMPLED = `00-${TRACE}-00f067aa0ba902b7-00`;
const ROOM = { room: 'project:1' };

beforeAll(startTracing);

afterEach(async () => {
  await stopAll();
  spans.reset();
});

afterAll(async () => {
  await stopRedis();
  await stopTracing();
});

async function post({ app }: Realtime, traceparent: string, target: EmitOptions = ROOM): Promise<void> {
  const server = app.getHttpServer() as Parameters<typeof request>[0];
  await request(server).post('/tasks').set('traceparent', traceparent).send(target).expect(201);
}

async function joined(node: Realtime, user: string, room = 'project:1'): Promise<TestClient> {
  const client = await node.connect(user);
  await client.join(room);
  return client;
}

/** Two nodes, with two members on the one and one on the other; the second one's REST interface is asked. */
async function heardOnBoth(one: Realtime, two: Realtime) {
  const clients = [await joined(one, 'alice'), await joined(one, 'carol'), await joined(two, 'bob')];
  await post(two, SAMPLED);
  const frames = await Promise.all(clients.map((client) => client.next('task.created')));
  await until(() => named(/./).length === 3, 'the spans of the request and of two nodes');
  return frames;
}

function expectSpanTree(): void {
  const [http] = named(/^POST/);
  expect(http.spanContext().traceId).toBe(TRACE);
  const fanOuts = named(/^fan-out/);
  expect(fanOuts.map(({ name }) => name)).toEqual(['fan-out project:{id}', 'fan-out project:{id}']);
  for (const { parentSpanContext, kind } of fanOuts) {
    expect(parentSpanContext).toMatchObject({ traceId: TRACE, spanId: http.spanContext().spanId, isRemote: true });
    expect(kind).toBe(SpanKind.CONSUMER);
  }
  expect(fanOuts.map(({ attributes }) => attributes['realtime.recipients']).sort()).toEqual([1, 2]);
}

describe('the trace of a request that emits', () => {
  it('has a span for the fan-out of each node, which share a backplane in memory', async () => {
    const backplane = new MemoryBackplane();
    const [one, two] = [await realtime({ backplane }), await realtime({ ...tracedHost, backplane })];
    const [frame] = await heardOnBoth(one, two);
    expectSpanTree();
    expect(named(/^fan-out/)[0].attributes).toEqual({
      'messaging.system': 'nestjs-realtime',
      'messaging.operation.name': 'fan-out',
      'messaging.operation.type': 'process',
      'messaging.destination.template': 'project:{id}',
      'messaging.message.id': frame.message_id,
      'messaging.message.body.size': expect.any(Number) as number,
      'realtime.offset': 1,
      'realtime.recipients': expect.any(Number) as number,
    });
    expect(JSON.stringify(named(/./).map(({ attributes, events }) => [attributes, events]))).not.toContain('secret');
  });

  it('has them for nodes on one Redis', async () => {
    const server = await RedisServer.start();
    const [one, two] = await nodesOn([server.url, server.url], tracedHost);
    const frames = await heardOnBoth(one, two);
    expectSpanTree();
    for (const frame of frames) expect(frame).not.toHaveProperty('trace');
  });

  it('reaches nodes from a process that only emits', async () => {
    const backplane = new MemoryBackplane();
    const alice = await joined(await realtime({ backplane, tracing: { frames: true } }), 'alice');
    const emitter = new Emitter({ backplane, tracing: new OpenTelemetryTracing() });
    const job = trace.getTracer('worker').startSpan('a job');
    await context.with(trace.setSpan(context.active(), job), () => emitter.emit('task.created', {}, ROOM));
    const { traceId, spanId } = job.spanContext();
    expect((await alice.next('task.created')).trace).toBe(`00-${traceId}-${spanId}-01`);
    await until(() => named(/^fan-out/).length === 1, 'a span of the fan-out');
    expect(named(/^fan-out/)[0].parentSpanContext).toMatchObject({ traceId, spanId });
  });

  it('names users by their rooms as little as other rooms, and everyone', async () => {
    const node = await realtime(tracedHost);
    const alice = await joined(node, 'alice');
    await post(node, SAMPLED, { user: 'alice' });
    await post(node, SAMPLED, { all: true });
    for (let i = 0; i < 2; i++) await alice.next('task.created');
    await until(() => named(/^fan-out/).length === 2, 'two spans');
    expect(named(/^fan-out/).map(({ name }) => name)).toEqual(['fan-out user:{id}', 'fan-out *']);
  });

  it('has no span where nobody is a member, or without a trace that is sampled, or when it is turned off', async () => {
    const node = await realtime({ ...tracedHost, tracing: { frames: true } });
    const off = await realtime({ ...tracedHost, tracing: false });
    const [alice, bob] = [await joined(node, 'alice'), await joined(off, 'bob')];
    await post(node, SAMPLED, { room: 'project:2' });
    await post(node, UNSAMPLED);
    await node.events.emit('task.created', {}, ROOM);
    await post(off, SAMPLED);
    const frames = [await alice.next('task.created'), await alice.next('task.created'), await bob.next('task.created')];
    for (const frame of frames) expect(frame).not.toHaveProperty('trace');
    await Promise.all([alice.settled(), bob.settled()]);
    expect(named(/^fan-out/)).toEqual([]);
  });
});

describe("a frame's trace", () => {
  const frames = { ...tracedHost, tracing: { frames: true } };

  it('is what the client can go on from: live, replayed, and in the history', async () => {
    const node = await realtime(frames);
    const alice = await node.connect('alice');
    const { epoch, offset } = await alice.join('project:1');
    await post(node, SAMPLED);
    const live = await alice.next('task.created');
    const [http] = named(/^POST/);
    expect(live.trace).toBe(`00-${TRACE}-${http.spanContext().spanId}-0${TraceFlags.SAMPLED}`);
    expect(Object.keys(live)).toEqual(['type', 'data', 'message_id', 'timestamp', 'room', 'trace', 'offset']);
    expect((await alice.request<'history'>('history', ROOM)).data.messages).toEqual([live]);
    const again = await node.connect('alice');
    await again.join('project:1', { epoch, offset });
    expect(await again.next('task.created')).toEqual(live);
  });

  it('is missing unless it is asked for: live, replayed, and in the history', async () => {
    const backplane = new MemoryBackplane();
    const [node, emitting] = [await realtime({ backplane }), await realtime({ ...frames, backplane })];
    const alice = await node.connect('alice');
    const { epoch, offset } = await alice.join('project:1');
    await post(emitting, SAMPLED);
    const live = await alice.next('task.created');
    expect(Object.keys(live)).toEqual(['type', 'data', 'message_id', 'timestamp', 'room', 'offset']);
    expect((await alice.request<'history'>('history', ROOM)).data.messages).toEqual([live]);
    const again = await node.connect('alice');
    await again.join('project:1', { epoch, offset });
    expect(await again.next('task.created')).toEqual(live);
  });

  it.each([
    'is none',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${TRACE}-00F067AA0BA902B7-01`,
    `ff${SAMPLED.slice(2)}`,
  ])('is left out, and makes no span, when somebody put %j there', async (trace) => {
    const node = await realtime(frames);
    const alice = await joined(node, 'alice');
    const text = `{"type":"task.created","data":{},"message_id":"m","timestamp":"","room":"project:1","trace":"${trace.padEnd(55)}"`;
    await node.app.get(Backplane).publish('project:1', { id: 'm', body: Buffer.from(text), delivery: 'reliable' });
    expect(await alice.next('task.created')).not.toHaveProperty('trace');
    expect(named(/^fan-out/)).toEqual([]);
  });
});
