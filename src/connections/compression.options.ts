/** The WebSocket extension permessage-deflate. */
export class CompressionOptions {
  /**
   * Whether clients may negotiate compression, without context takeover. Publications of 1 KiB and more are then
   * compressed once for all of them. Each received compressed frame costs memory and CPU. @default false
   */
  readonly enabled: boolean = false;
}
