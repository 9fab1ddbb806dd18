import { Logger } from '@nestjs/common';
import type { ChildProcess } from 'node:child_process';
import { ClusterMessage, messageOf, News } from './messages';
import { ServedNode } from './served-node';
import type { Streams } from './streams';

/** A worker's process, as the primary sees it, until it is gone. */
export class ServedWorker {
  readonly #logger = new Logger('ClusterBackplane');
  /** Its backplanes: one, unless it runs several applications. */
  readonly #nodes = new Map<string, ServedNode>();

  constructor(
    private readonly process: ChildProcess,
    private readonly streams: Streams,
    private readonly maxQueuedBytes: number,
    private readonly ended: () => void,
  ) {
    process.on('message', this.#receive);
    // Everything it sent has been received by then, which is not so when it exits. Node tells no disconnect of a process
    // that dies with a connection handed to it and not yet taken.
    process.once('disconnect', this.end);
    process.once('close', this.end);
  }

  readonly end = (): void => {
    this.process.off('message', this.#receive);
    this.process.off('disconnect', this.end);
    this.process.off('close', this.end);
    for (const node of this.#nodes.values()) void node.leave();
    this.ended();
  };

  readonly #receive = (arrived: unknown): void => {
    const message = messageOf('realtime.calls', arrived);
    if (message) this.#node(message.node).serve(message.calls);
  };

  #node(name: string): ServedNode {
    let node = this.#nodes.get(name);
    if (!node) {
      const send = (news: News[], taken: () => void): void =>
        this.#send({ kind: 'realtime.news', node: name, news }, taken);
      node = new ServedNode(this.streams, send, this.maxQueuedBytes, this.#kill);
      this.#nodes.set(name, node);
    }
    return node;
  }

  #send(message: ClusterMessage, taken: () => void): void {
    this.process.send(message, taken);
  }

  /** Its clients come back to another worker and resume; in this one they would have to miss something. */
  readonly #kill = (bytes: number): void => {
    this.end();
    this.#logger.error(`Worker ${this.process.pid} is killed: ${bytes} bytes of publications wait for it`);
    this.process.kill('SIGKILL');
  };
}
