import { Logger } from '@nestjs/common';
import { RedisConnections, RedisNodes } from '../../src/adapters/redis';

// The program of a node that does nothing but answer; its lease is a second.

const [, , url, prefix] = process.argv;
let done = 0;

async function start(): Promise<void> {
  Logger.overrideLogger(false);
  const nodes = new RedisNodes(new RedisConnections({ url, prefix }), { leaseMs: 1000 });
  nodes.handle('disconnect_user', ({ user }) => {
    console.log(`disconnect ${user}`);
    return { connections: ++done };
  });
  await nodes.open();
  console.log(`open: ${nodes.name}`);
}

void start();
