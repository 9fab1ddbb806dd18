import { uniqueId } from './unique-id';

const process = uniqueId(10);
let count = 0;

/** A new `message_id`: unique over all nodes, as its first part is drawn once per process. */
export function nextMessageId(): string {
  return `${process}${(++count).toString(36)}`;
}
