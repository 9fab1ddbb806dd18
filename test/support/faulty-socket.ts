import { WebSocket } from 'ws';
import type { ServerFrame } from '../../src';
import type { WebSocketConstructor } from '../../src/client';

/** What becomes of a publication on its last inch. */
export type Fate = 'comes' | 'is lost' | 'comes twice';

/** A WebSocket that loses and doubles publications, as no WebSocket does, but perhaps what stands behind one. */
export function faultySocket(fate: () => Fate): WebSocketConstructor {
  return class FaultySocket extends WebSocket {
    override emit(event: string | symbol, ...args: unknown[]): boolean {
      const what = event === 'message' && isPublication(args[0] as Buffer) ? fate() : 'comes';
      if (what === 'is lost') return true;
      if (what === 'comes twice') super.emit(event, ...args);
      return super.emit(event, ...args);
    }
  };
}

function isPublication(bytes: Buffer): boolean {
  return (JSON.parse(bytes.toString()) as ServerFrame).offset !== undefined;
}
