import { Profiler, Session } from 'node:inspector/promises';

const INTERVAL_MICROS = 100;
/** What is only done where metrics are on: with all that it calls. */
const LISTENING = [/\/src\/features\/metrics\//, /^#time \S*\/connections\/realtime-counters\.js$/];

/** Samples what this process does. A share of one process' time is not blurred by what else the machine does. */
export class Profile {
  readonly #session = new Session();

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.setSamplingInterval', { interval: INTERVAL_MICROS });
    await this.#session.post('Profiler.start');
  }

  /** What part of the time it was busy since then it spent listening. */
  async stop(): Promise<number> {
    const { profile } = await this.#session.post('Profiler.stop');
    this.#session.disconnect();
    return shareOf(profile);
  }
}

function shareOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): number {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const listening = new Set<number>();
  // A parent stands before its children.
  for (const { id, callFrame, children = [] } of nodes) {
    if (LISTENING.some((name) => name.test(`${callFrame.functionName} ${callFrame.url}`))) listening.add(id);
    if (listening.has(id)) for (const child of children) listening.add(child);
  }
  let busy = 0;
  let spent = 0;
  for (const [at, id] of samples.entries()) {
    if (byId.get(id)!.callFrame.functionName === '(idle)') continue;
    busy += timeDeltas[at];
    if (listening.has(id)) spent += timeDeltas[at];
  }
  return spent / busy;
}
