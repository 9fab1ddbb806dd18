import { checkFrame, isMessageId, MalformedFrame } from '../protocol/codec';
import type { ClientFrame } from '../protocol/frames';
import { MsgpackReader } from './msgpack-reader';

/** A control character, the longest escape there is, is one byte here and six in JSON. */
const MAX_GROWTH = 6;

/**
 * Reads one client frame of the MessagePack subprotocol. It may hold what JSON can hold, and no more than JSON could in
 * so many bytes: others get it as JSON.
 * @throws MalformedFrame
 */
export function decodeMsgpackFrame(bytes: Buffer, maxJsonBytes: number): ClientFrame {
  const reader = new MsgpackReader(bytes);
  try {
    const value = reader.read();
    if (bytes.length * MAX_GROWTH > maxJsonBytes && Buffer.byteLength(JSON.stringify(value)) > maxJsonBytes) {
      throw new MalformedFrame(`As JSON the frame would be longer than ${maxJsonBytes} bytes.`);
    }
    return checkFrame(value);
  } catch (error) {
    const { messageId } = reader;
    if (!(error instanceof MalformedFrame) || !isMessageId(messageId)) throw error;
    throw new MalformedFrame(error.message, messageId);
  }
}
