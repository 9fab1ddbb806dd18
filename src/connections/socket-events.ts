import type { WebSocket } from 'ws';
import type { Connection } from './connection';

const CONNECTION = Symbol('connection');

type Bound = WebSocket & { [CONNECTION]: Connection };

/** Leads a socket's events to its connection. The listeners are the same functions for all sockets. */
export function bindSocket(ws: WebSocket, connection: Connection): void {
  (ws as Bound)[CONNECTION] = connection;
  ws.on('message', onMessage);
  ws.on('ping', onPing);
  ws.on('pong', onPong);
  ws.on('error', onError);
  ws.on('close', onClose);
}

function onMessage(this: WebSocket, data: unknown, binary: boolean): void {
  (this as Bound)[CONNECTION].received(data as Buffer, binary);
}

function onPing(this: WebSocket, payload: Buffer): void {
  (this as Bound)[CONNECTION].controlReceived('ping', payload);
}

function onPong(this: WebSocket, payload: Buffer): void {
  (this as Bound)[CONNECTION].controlReceived('pong', payload);
}

function onError(this: WebSocket, error: Error): void {
  (this as Bound)[CONNECTION].failed(error);
}

function onClose(this: WebSocket, code: number): void {
  (this as Bound)[CONNECTION].gone(code);
}
