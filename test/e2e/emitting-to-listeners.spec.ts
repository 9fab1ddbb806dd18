import { firstValueFrom } from 'rxjs';
import { filter, map, share, take, toArray } from 'rxjs/operators';
import type { DomainEvent } from '../../src';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

const room = { room: 'project:1' };

describe('events.on', () => {
  it('brings what passed, of one type or all, with its rooms and positions', async () => {
    const { events } = await realtime({ events: { naming: 'snake' } });
    const created: DomainEvent[] = [];
    const all: string[] = [];
    events.on('task.created').subscribe((event) => created.push(event));
    events.on().subscribe(({ type }) => all.push(type));
    const position = await events.emit('task.created', { n: 1 }, room);
    const [at, other] = await events.emit('task.deleted', {}, { rooms: ['a', 'b'], id: 'd-1' });
    expect(created).toEqual([
      {
        type: 'task.created',
        data: { n: 1 },
        id: expect.any(String) as string,
        rooms: ['project:1'],
        positions: [position],
      },
    ]);
    expect(all).toEqual(['task.created', 'task.deleted']);
    expect([at.offset, other.offset]).toEqual([1, 1]);
  });

  it('has what it brings in the stream already', async () => {
    const { events, connect } = await realtime();
    const alice = await connect('alice');
    const replayed: Promise<number>[] = [];
    const { epoch } = await alice.join('project:1');
    events.on('task.created').subscribe(() => {
      replayed.push(alice.join('project:1', { epoch, offset: 0 }).then((joined) => joined.replayed));
    });
    await events.emit('task.created', {}, room);
    expect(await Promise.all(replayed)).toEqual([1]);
  });

  it('brings nothing that could not be emitted', async () => {
    const { events } = await realtime();
    const all: string[] = [];
    events.on().subscribe(({ type }) => all.push(type));
    await expect(events.emit('nonsense', {}, room)).rejects.toThrow();
    await events.emit('task.created', {}, room);
    expect(all).toEqual(['task.created']);
  });

  it('ends with its subscription', async () => {
    const { events } = await realtime();
    const heard: unknown[] = [];
    const subscription = events.on('task.created').subscribe(({ data }) => heard.push(data));
    await events.emit('task.created', 1, room);
    subscription.unsubscribe();
    await events.emit('task.created', 2, room);
    expect(heard).toEqual([1]);
  });

  it('goes through operators, and can be awaited', async () => {
    const { events } = await realtime();
    const numbers = events.on('task.created').pipe(map(({ data }) => (data as { n: number }).n));
    const even = firstValueFrom(numbers.pipe(filter((n) => n % 2 === 0)));
    const firstTwo = firstValueFrom(numbers.pipe(take(2), toArray()));
    for (let n = 1; n <= 3; n++) await events.emit('task.created', { n }, room);
    expect([await even, await firstTwo]).toEqual([2, [1, 2]]);
  });
});

describe('a listener that fails', () => {
  const fail = (): never => {
    throw new Error('a listener is broken');
  };

  it.each<[string, () => unknown]>([
    ['throws', fail],
    ['rejects', async () => fail()],
  ])('and %s disturbs neither the emitter, nor the others, nor the process', async (_, broken: () => void) => {
    const { events, log, connect } = await realtime();
    const alice = await connect('alice');
    await alice.join('project:1');
    const heard: unknown[] = [];
    const shared = events.on('task.created').pipe(share());
    for (const source of [
      events.on('task.created'),
      events.on(),
      events.on('task.created').pipe(
        filter(() => true),
        map(({ data }) => data),
      ),
      shared,
    ]) {
      source.subscribe(broken);
      source.subscribe({ next: broken });
    }
    events.on('task.created').subscribe(({ data }) => heard.push(data));
    shared.subscribe(({ data }) => heard.push(data));
    expect(await events.emit('task.created', 1, room)).toMatchObject({ offset: 1 });
    expect(await events.emit('task.created', 2, room)).toMatchObject({ offset: 2 });
    expect(heard.sort()).toEqual([1, 1, 2, 2]);
    // What RxJS or Node would throw comes with a later tick.
    await alice.settled();
    await new Promise(setImmediate);
    const lines = log.of('error').filter((line) => line.includes('A listener of EventsService failed'));
    expect(lines).toHaveLength(16);
    expect(lines[0]).toContain('a listener is broken');
  });

  it('in an operator loses its own subscription, and nobody else', async () => {
    const { events, log } = await realtime();
    const heard: unknown[] = [];
    events.on('task.created').pipe(map(fail)).subscribe({ next: fail, complete: fail });
    events.on('task.created').subscribe(({ data }) => heard.push(data));
    await events.emit('task.created', 1, room);
    await events.emit('task.created', 2, room);
    await new Promise(setImmediate);
    expect(heard).toEqual([1, 2]);
    expect(log.of('error').filter((line) => line.includes('A listener of EventsService failed'))).toHaveLength(1);
  });

  it('may handle an error of its operators itself', async () => {
    const { events, log } = await realtime();
    const failures: unknown[] = [];
    events
      .on('task.created')
      .pipe(map(fail))
      .subscribe({ error: (error) => failures.push(error) });
    await events.emit('task.created', 1, room);
    expect(failures).toEqual([new Error('a listener is broken')]);
    expect(log.of('error')).toEqual([]);
  });
});
