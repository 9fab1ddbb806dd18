import { createServer, IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSecretKey } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { WebSocket, WebSocketServer } from 'ws';
import { BENCH_SECRET, pad, PeerServer } from './peer';

type Message = { event: string; data: { room: string; n: number; pad: string } };

/** `ws` as most write it: one room map, `JSON.stringify` once, `send` for each member. No guard, no validation. */
export async function startRawWs(perMessageDeflate = false): Promise<PeerServer> {
  const http = createServer();
  const wss = new WebSocketServer({ noServer: true, perMessageDeflate });
  const rooms = new Map<string, Set<WebSocket>>();
  const jwt = new JwtService({});
  const secret = createSecretKey(Buffer.from(BENCH_SECRET)) as unknown as string;
  const publish = (room: string, text: string): void => {
    for (const member of rooms.get(room) ?? []) member.send(text);
  };
  http.on('upgrade', (request: IncomingMessage, socket, head) => {
    jwt.verify(request.headers.authorization!.slice(7), { secret });
    wss.handleUpgrade(request, socket, head, (ws) => wss.emit('connection', ws, request));
  });
  wss.on('connection', (ws) => {
    ws.on('message', (bytes: Buffer) => {
      const { event, data } = JSON.parse(bytes.toString()) as Message;
      if (event === 'ping') ws.send(JSON.stringify({ event: 'pong', data: { n: data.n } }));
      else if (event === 'say')
        publish(data.room, JSON.stringify({ event: 'said', data: { n: data.n, pad: data.pad } }));
      else if (event === 'join') {
        rooms.set(data.room, (rooms.get(data.room) ?? new Set()).add(ws));
        ws.send('{"event":"joined"}');
      }
    });
    ws.on('close', () => rooms.forEach((members) => members.delete(ws)));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    port: (http.address() as AddressInfo).port,
    broadcast(first, count, filling = pad(45)) {
      for (let n = first; n < first + count; n++) {
        publish('bench', JSON.stringify({ event: 'said', data: { n, pad: filling } }));
      }
    },
  };
}
