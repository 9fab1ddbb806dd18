import { CanActivate, INestApplication, Injectable, Module, UseGuards, UsePipes, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { WsAdapter } from '@nestjs/platform-ws';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import { IsInt, IsString } from 'class-validator';
import { createSecretKey } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Server, Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import { BENCH_SECRET, pad, PeerServer } from './peer';

class JoinDto {
  @IsString()
  room!: string;
}

class PingDto {
  @IsInt()
  n!: number;
}

class SayDto {
  @IsString()
  room!: string;

  @IsInt()
  n!: number;

  @IsString()
  pad!: string;
}

@Injectable()
class AllowGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

const jwt = new JwtService({});
const secret = createSecretKey(Buffer.from(BENCH_SECRET)) as unknown as string;
const checked = new ValidationPipe({ whitelist: true, transform: true });

@WebSocketGateway({ path: '/ws' })
@UseGuards(AllowGuard)
@UsePipes(checked)
class WsGateway {
  readonly rooms = new Map<string, Set<WebSocket>>();

  handleConnection(client: WebSocket, request: IncomingMessage): void {
    jwt.verify(request.headers.authorization!.slice(7), { secret });
    client.on('close', () => this.rooms.forEach((members) => members.delete(client)));
  }

  @SubscribeMessage('join')
  join(@ConnectedSocket() client: WebSocket, @MessageBody() { room }: JoinDto) {
    this.rooms.set(room, (this.rooms.get(room) ?? new Set()).add(client));
    return { event: 'joined' };
  }

  @SubscribeMessage('ping')
  ping(@MessageBody() { n }: PingDto) {
    return { event: 'pong', data: { n } };
  }

  @SubscribeMessage('say')
  say(@MessageBody() { room, n, pad: text }: SayDto): void {
    this.publish(room, n, text);
  }

  publish(room: string, n: number, text: string): void {
    const frame = JSON.stringify({ event: 'said', data: { n, pad: text } });
    for (const member of this.rooms.get(room) ?? []) member.send(frame);
  }
}

@WebSocketGateway()
@UseGuards(AllowGuard)
@UsePipes(checked)
class IoGateway {
  @WebSocketServer()
  server!: Server;

  handleConnection(client: Socket): void {
    jwt.verify(client.handshake.headers.authorization!.slice(7), { secret });
  }

  @SubscribeMessage('join')
  async join(@ConnectedSocket() client: Socket, @MessageBody() { room }: JoinDto) {
    await client.join(room);
    return { event: 'joined' };
  }

  @SubscribeMessage('ping')
  ping(@MessageBody() { n }: PingDto) {
    return { event: 'pong', data: { n } };
  }

  @SubscribeMessage('say')
  say(@MessageBody() { room, n, pad: text }: SayDto): void {
    this.publish(room, n, text);
  }

  publish(room: string, n: number, text: string): void {
    this.server.to(room).emit('said', { n, pad: text });
  }
}

@Module({ providers: [WsGateway] })
class WsModule {}

@Module({ providers: [IoGateway] })
class IoModule {}

/** Nest's own WsAdapter with a guard, ValidationPipe and a room map by hand. */
export async function startNestWs(): Promise<PeerServer> {
  const app = await NestFactory.create(WsModule, { logger: ['error'] });
  app.useWebSocketAdapter(new WsAdapter(app));
  return serve(app, app.get(WsGateway), pad(45));
}

/** Nest on Socket.IO, with a guard, ValidationPipe and Socket.IO's rooms. */
export async function startSocketIo(): Promise<PeerServer> {
  const app = await NestFactory.create(IoModule, { logger: ['error'] });
  app.useWebSocketAdapter(new IoAdapter(app));
  return serve(app, app.get(IoGateway), pad(30));
}

async function serve(
  app: INestApplication,
  gateway: { publish(room: string, n: number, text: string): void },
  filling: string,
): Promise<PeerServer> {
  await app.listen(0, '127.0.0.1');
  return {
    port: (app.getHttpServer() as { address(): AddressInfo }).address().port,
    broadcast(first, count, given = filling) {
      for (let n = first; n < first + count; n++) gateway.publish('bench', n, given);
    },
  };
}
