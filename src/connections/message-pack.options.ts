/** The binary subprotocol `realtime.v1.msgpack`. */
export class MessagePackOptions {
  /** Whether clients may negotiate the binary subprotocol. @default false */
  readonly enabled: boolean = false;
}
