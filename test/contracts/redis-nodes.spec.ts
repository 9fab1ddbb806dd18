import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { join } from 'node:path';
import { Nodes } from '../../src';
import { RedisConnections, RedisNodes, RedisNodesOptions } from '../../src/adapters/redis';
import { REGISTER } from '../support/cluster';
import { Program } from '../support/program';
import { Proxy, stopProxies } from '../support/proxy';
import { RedisServer, stopRedis } from '../support/redis-server';
import { until } from '../support/until';
import { describeNodes } from './nodes';

let server: RedisServer;
let redis: Redis;
let prefixes = 0;
const processes: Program[] = [];
const running: { node: RedisNodes; connections: RedisConnections }[] = [];

beforeAll(async () => {
  Logger.overrideLogger(false);
  server = await RedisServer.start();
  redis = new Redis(server.port);
});

afterEach(async () => {
  for (const { node, connections } of running.splice(0)) {
    await node.close();
    await connections.close();
  }
  for (const program of processes.splice(0)) await program.end();
  stopProxies();
});

afterAll(async () => {
  redis.disconnect();
  await stopRedis();
});

function make(prefix: string, options?: RedisNodesOptions, url = server.url): RedisNodes {
  const connections = new RedisConnections({ url, prefix, timeoutMs: 500 });
  const node = new RedisNodes(connections, options);
  running.push({ node, connections });
  return node;
}

describeNodes('RedisNodes', async (count) => {
  const prefix = `nodes${++prefixes}:`;
  return Array.from({ length: count }, () => make(prefix));
});

/** An open node, which counts what it was asked, and how often it missed something. */
async function open(prefix: string, options?: RedisNodesOptions, url?: string) {
  const node = make(prefix, options, url);
  const heard: string[] = [];
  let missed = 0;
  node.handle('disconnect_user', ({ user }) => ({ connections: heard.push(user) }));
  node.gaps.subscribe(() => missed++);
  await node.open();
  return { node, heard, missed: () => missed };
}

const disconnect = (user: string) => ({ type: 'disconnect_user', user, message: '' }) as const;
const PROGRAM = join(__dirname, '../support/node-process.ts');

/** A node in a process of its own, whose lease is a second. */
async function startProcess(prefix: string) {
  const program = new Program(process.execPath, ['--require', REGISTER, PROGRAM, server.url, prefix]);
  processes.push(program);
  const [, name] = await program.prints(/open: (\S+)\n/);
  return { program, name };
}

const names = async (node: Nodes) => [...(await node.list())].sort();

describe('RedisNodes', () => {
  it('reports a node that was killed as unanswered, and lists it no more once its lease is over', async () => {
    const { node } = await open('killed:', { timeoutMs: 300 });
    const { program, name } = await startProcess('killed:');
    expect((await node.ask(disconnect('a'))).answers.get(name)).toEqual({ connections: 1 });
    program.signal('SIGKILL');
    const killed = Date.now();
    const { answers, unanswered } = await node.ask(disconnect('b'));
    expect([answers.size, unanswered]).toEqual([1, [name]]);
    await until(async () => (await node.list()).length === 1, 'a list without it');
    expect(Date.now() - killed).toBeLessThan(5_000);
    expect((await node.ask(disconnect('c'))).unanswered).toEqual([]);
  });

  it('does not wait for a node that is paused, which does it when it goes on, and is listed again', async () => {
    const { node } = await open('paused:', { timeoutMs: 300 });
    const { program, name } = await startProcess('paused:');
    program.signal('SIGSTOP');
    const { answers, unanswered } = await node.ask(disconnect('a'));
    expect([answers.size, unanswered]).toEqual([1, [name]]);
    await until(async () => (await node.list()).length === 1, 'a list without it');
    program.signal('SIGCONT');
    await program.prints(/disconnect a\n/);
    await until(async () => (await node.list()).length === 2, 'a list with it');
    expect((await node.ask(disconnect('b'))).answers.get(name)).toEqual({ connections: 2 });
  });

  it('takes a node off the list as soon as it leaves', async () => {
    const [{ node }, leaving] = [await open('leaving:'), await open('leaving:')];
    expect(await names(node)).toEqual([node.name, leaving.node.name].sort());
    await leaving.node.close();
    expect(await names(node)).toEqual([node.name]);
    expect((await node.ask(disconnect('a'))).unanswered).toEqual([]);
    await expect(leaving.node.ask(disconnect('b'))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('waits for a slow node as long as it is told to, and takes no late answer for another', async () => {
    const [{ node }, slow] = [await open('slow:', { timeoutMs: 50 }), await open('slow:')];
    const waiting: (() => void)[] = [];
    slow.node.handle('recheck', async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { connections: 7 };
    });
    node.handle('recheck', () => ({ connections: 1 }));
    expect((await node.ask({ type: 'recheck' })).unanswered).toEqual([slow.node.name]);
    const patient = node.ask({ type: 'recheck' }, { timeoutMs: 5_000 });
    await until(() => waiting.length === 2, 'two rechecks');
    waiting[0]();
    await slow.node.ask(disconnect('a'));
    waiting[1]();
    expect((await patient).answers.get(slow.node.name)).toEqual({ connections: 7 });
  });

  it('survives whatever comes over its channels', async () => {
    const [{ node }, other] = [await open('noise:'), await open('noise:')];
    const channels = ['noise:{nodes}:commands', `noise:{nodes}:answers:${node.name}`];
    const from = JSON.stringify({ from: 'x' }).slice(0, -1);
    const noise = [
      ...['', 'x', ':::', 'a:1:', 'a:1:{', 'a:1:null', 'a:1:[]', 'a:1:7', 'a:b:{}', '{}', 'null', '[1]', '"x"'],
      ...[
        `a:2:${from},"command":7}`,
        `a:3:${from},"command":null}`,
        `a:4:${from},"command":{}}`,
        `a:5:${from},"ask":"x"}`,
      ],
      ...[`a:6:${from},"ask":1,"command":{"type":"disconnect_user"}}`, `a:7:{"from":"","command":{}}`],
      ...['{"node":"x","ask":1}', '{"node":7,"ask":1}', `{"node":"x","ask":1,"failed":7}`, '{"node":"x","ask":{}}'],
      `a:8:${from},"command":{"type":"disconnect_user","user":"${'x'.repeat(70_000)}"}}`,
    ];
    for (const channel of channels) for (const text of noise) await redis.publish(channel, text);
    await redis.publish(channels[0], Buffer.from([0xff, 0xfe, 0, 0x3a]));
    const { answers, failures, unanswered } = await node.ask(disconnect('after'));
    expect([answers.size, failures.size, unanswered]).toEqual([2, 0, []]);
    expect(other.heard.filter((user) => user !== undefined)).toEqual(['after']);
  });

  it('refuses what is too large, and too much at once', async () => {
    const [{ node }, other] = [await open('bounds:', { maxPending: 2 }), await open('bounds:', { maxPending: 2 })];
    const large = node.ask(disconnect('x'.repeat(70_000)));
    await expect(large).rejects.toMatchObject({ code: 'payload_too_large' });
    other.node.handle('recheck', () => ({ connections: 1, padding: 'x'.repeat(2 ** 20) }));
    const tooLarge = await node.ask({ type: 'recheck' });
    expect(tooLarge.failures.get(other.node.name)).toMatchObject({ code: 'payload_too_large' });
    other.node.handle('recheck', () => ({ connections: 1, padding: 1n }));
    const noJson = await node.ask({ type: 'recheck' });
    expect(noJson.failures.get(other.node.name)).toMatchObject({ code: 'processing_error' });
    const asked = await Promise.allSettled(['a', 'b', 'c'].map((user) => node.ask(disconnect(user))));
    expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect((await node.ask(disconnect('d'))).answers.size).toBe(2);
  });

  it('does its own part while Redis is away, says so, and joins the others when it is back', async () => {
    const proxy = await Proxy.to(server.port);
    const [near, far] = [await open('away:'), await open('away:', { leaseMs: 600 }, proxy.url)];
    proxy.cut();
    await expect(far.node.ask(disconnect('a'))).rejects.toMatchObject({ code: 'unavailable' });
    far.node.tell(disconnect('b'));
    expect(far.heard).toEqual(['a', 'b']);
    await expect(far.node.list()).rejects.toMatchObject({ code: 'unavailable' });
    await until(async () => (await near.node.list()).length === 1, 'a list without it');
    near.node.tell(disconnect('c'));
    proxy.heal();
    // Each learns that the other had something to say.
    await until(() => near.missed() > 0 && far.missed() > 0, 'missed commands');
    await until(async () => (await near.node.list()).length === 2, 'a list with it');
    expect((await far.node.ask(disconnect('d'))).answers.size).toBe(2);
    expect(near.heard).toEqual(['c', 'd']);
    expect(far.heard).toEqual(['a', 'b', 'd']);
  });

  it('opens while Redis is away, and is on the list when it is back', async () => {
    const proxy = await Proxy.to(server.port);
    const near = await open('late:');
    proxy.cut();
    const late = await open('late:', { leaseMs: 600 }, proxy.url);
    expect((await near.node.ask(disconnect('a'))).answers.size).toBe(1);
    proxy.heal();
    await until(async () => (await near.node.list()).length === 2, 'a list with it');
    expect((await late.node.ask(disconnect('b'))).answers.size).toBe(2);
  });

  it('waits no longer than it may for a Redis that says nothing', async () => {
    const proxy = await Proxy.to(server.port);
    const { node, heard } = await open('silent:', { timeoutMs: 100 }, proxy.url);
    proxy.stall();
    const asked = node.ask(disconnect('a'));
    await expect(asked).rejects.toMatchObject({ code: 'unavailable', message: 'Redis did not answer within 100 ms.' });
    expect(heard).toEqual(['a']);
  });

  it('notices that it missed a command, by the number of the next one', async () => {
    const { node, heard, missed } = await open('gap:');
    const epoch = await redis.hget('gap:{nodes}:commands', 'e');
    const say = (number: number, user: string) =>
      redis.publish(
        'gap:{nodes}:commands',
        `${epoch}:${number}:${JSON.stringify({ from: 'x', command: disconnect(user) })}`,
      );
    await node.ask(disconnect('first'));
    await say(2, 'a');
    await say(3, 'b');
    await until(() => heard.length === 3, 'three commands');
    expect(missed()).toBe(0);
    await say(5, 'c');
    await until(() => heard.length === 4, 'four commands');
    expect(missed()).toBe(1);
  });

  it('goes on when Redis was flushed, and takes that for something missed', async () => {
    const [one, two] = [await open('flush:', { leaseMs: 600 }), await open('flush:', { leaseMs: 600 })];
    await one.node.ask(disconnect('a'));
    await redis.flushall();
    await until(async () => (await one.node.list()).length === 2, 'a list of both');
    await until(() => one.missed() > 0 && two.missed() > 0, 'missed commands');
    expect((await two.node.ask(disconnect('b'))).answers.size).toBe(2);
    expect([one.heard, two.heard]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('keeps to its prefix, and leaves nothing behind for ever', async () => {
    await redis.flushall();
    const [one, two] = [await open('one:'), await open('two:')];
    expect((await one.node.ask(disconnect('a'))).answers.size).toBe(1);
    expect(two.heard).toEqual([]);
    const keys = (await redis.keys('*')).filter((key) => !key.endsWith(':mark'));
    expect(keys.sort()).toEqual([
      'one:{nodes}:alive',
      'one:{nodes}:commands',
      'two:{nodes}:alive',
      'two:{nodes}:commands',
    ]);
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
  });

  it.each([
    [{ timeoutMs: 0 }, 'RedisNodes: timeoutMs must be a whole number above 0, got 0.'],
    [{ leaseMs: '1' }, 'RedisNodes: leaseMs must be a whole number above 0, got "1".'],
    [{ lease: 1 }, 'RedisNodes: there is no option lease.'],
    [{ name: 'a b' }, 'RedisNodes: name must be 1..100 characters of A-Z a-z 0-9 _ . : @ -, got "a b".'],
  ])('says what is wrong with %j', (options, told) => {
    expect(() => make('wrong:', options as RedisNodesOptions)).toThrow(told);
  });
});
