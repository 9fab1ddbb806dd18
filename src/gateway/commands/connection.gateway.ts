import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { Authenticator } from '../../auth/authenticator';
import type { Identity } from '../../auth/identity';
import { Connection } from '../../connections/connection';
import { InboundFrame } from '../../connections/inbound-frame';
import { ErrorCode, RealtimeError } from '../../protocol/errors';
import { Idempotency, Inbound, Unauthenticated } from './command-options';
import { HandshakeRate } from '../handshake/handshake-rate';
import { Lifecycle } from '../handshake/lifecycle';
import { AuthFailures } from '../handshake/auth-failures';
import { RealtimeGateway } from '../adapter/realtime-gateway.decorator';

export class AuthenticateDto {
  @MinLength(1)
  @MaxLength(8192)
  @IsString()
  token!: string;
}

/** What a client may try again on the same connection. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['unavailable', 'rate_limited']);

/** The commands that concern the connection itself. */
@RealtimeGateway()
export class ConnectionGateway {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly lifecycle: Lifecycle,
    private readonly refusals: AuthFailures,
    private readonly rate: HandshakeRate,
  ) {}

  @Unauthenticated()
  @Idempotency('none')
  @SubscribeMessage('ping')
  ping(@MessageBody() data: object) {
    return { event: 'pong', data };
  }

  @Idempotency('none')
  @SubscribeMessage('echo')
  echo(@MessageBody() data: object) {
    return { event: 'echo', data };
  }

  /** Opens a session, or refreshes the token of a living one. */
  @Unauthenticated()
  @Idempotency('none')
  @SubscribeMessage('authenticate')
  async authenticate(
    @ConnectedSocket() connection: Connection,
    @MessageBody() { token }: AuthenticateDto,
    @Inbound() frame: InboundFrame,
  ) {
    try {
      const identity = await this.#identityOf(token, connection);
      // Too late, and so never answered: nobody would give back what this identity takes.
      if (frame.answered || connection.closed) throw new RealtimeError('unavailable');
      if (connection.identity) this.#refresh(connection, identity);
      else this.#begin(connection, identity, frame);
    } catch (error) {
      if (!(error instanceof RealtimeError) || PASSING.has(error.code)) throw error;
      if (error.code === 'forbidden' && connection.identity) throw error;
      return this.#failed(connection, error, frame);
    }
    return { event: 'auth_success', data: this.lifecycle.greeting(connection) };
  }

  async #identityOf(token: string, connection: Connection): Promise<Identity> {
    const { address } = connection.client;
    return this.authenticator.authenticate({ token, place: 'frame', address, headers: {} });
  }

  #refresh(connection: Connection, identity: Identity): void {
    if (identity.userId !== connection.userId) {
      throw new RealtimeError('forbidden', 'This token is of another user. Open a connection of their own.');
    }
    this.lifecycle.renew(connection, identity);
  }

  #begin(connection: Connection, identity: Identity, frame: InboundFrame): void {
    this.rate.chargeUser(identity.userId);
    this.lifecycle.identify(connection, identity);
    frame.afterReply((sent) => (sent ? this.lifecycle.admit(connection) : connection.close('not_authenticated')));
  }

  #failed(connection: Connection, { code, message }: RealtimeError, frame: InboundFrame) {
    this.refusals.tell({ address: connection.client.address, code });
    if (!connection.identity) frame.afterReply(() => connection.close('not_authenticated', code));
    return { event: 'auth_failed', data: { code, message } };
  }
}
