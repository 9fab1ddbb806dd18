import type { ServerFrame, ServerFrameData, ServerFrameType } from '../protocol/frames';

/** A frame as a test reads it: the data of the protocol's own types is known. */
export type Received<Type extends string = string> = ServerFrame<
  Type,
  Type extends ServerFrameType ? ServerFrameData[Type] : Record<string, unknown>
>;
