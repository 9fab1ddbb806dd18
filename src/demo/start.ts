import type { INestApplication } from '@nestjs/common';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, createServer, isIPv6 } from 'node:net';
import { createApplication } from './application';
import { Tokens } from './auth/tokens';
import { type Environment, EnvironmentError, readEnvironment } from './environment';
import { welcome } from './welcome';

/** Starts the demo. What is wrong around it is said in one line, and ends the process with 1. */
export async function start(): Promise<void> {
  try {
    const environment = readEnvironment(process.env);
    await checkAddress(environment);
    const app = await createApplication(environment);
    // Nest would end the process by the signal itself; that it drained and ended as it should is said by 0.
    app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
    await app.listen(environment.PORT, environment.HOST);
    process.stdout.write(await greeting(app, environment));
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** Listens there for a moment, before Nest does: what it says of a port that is taken stands below a screen of log. */
async function checkAddress({ PORT, HOST }: Environment): Promise<void> {
  const probe = createServer().listen(PORT, HOST);
  try {
    await once(probe, 'listening');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new EnvironmentError(`Cannot listen on ${HOST}, port ${PORT}: ${HINTS[code!] ?? message}`, { cause });
  }
  probe.close();
  await once(probe, 'close');
}

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken. Stop what listens there, or set PORT to another',
  EACCES: 'this process may not open the port. Set PORT to one above 1023',
  EADDRNOTAVAIL: 'this machine does not have the address. Set HOST to one it has',
  ENOTFOUND: 'there is no such host. Set HOST to an address of this machine',
  EAI_AGAIN: 'there is no such host. Set HOST to an address of this machine',
};

async function greeting(app: INestApplication, { HOST, NODE_ENV }: Environment): Promise<string> {
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const address = `${hostInUrl(HOST)}:${port}`;
  // Logs are kept and read by others: no token in them where it matters.
  if (NODE_ENV === 'production') return welcome(address);
  const tokens = app.get(Tokens);
  return welcome(address, (await tokens.issue('demo')).token, (await tokens.issue('admin')).token);
}

/** Nobody connects to "any address": this machine's own stands for it. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIPv6(host) ? `[${host}]` : host;
}
