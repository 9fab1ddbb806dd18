import { ErrorCode, isErrorCode, RealtimeError } from '../../../protocol/errors';
import type { NodeCommand } from '../../../nodes/command';
import type { NodeResult } from '../../../nodes/nodes';

/** What a node says to all. Without a command: that it could not say something before. */
export interface Said {
  readonly from: string;
  readonly command?: NodeCommand;
  /** Where an answer is wanted: which of its questions this is. */
  readonly ask?: number;
}

/** What it hears: which of the commands of an epoch it is, from 1. */
export interface Heard {
  readonly epoch: string;
  readonly number: number;
  /** Missing: nothing that can be understood. */
  readonly said?: Said;
}

/** What the node that asked hears of another one. */
export interface Answered {
  readonly node: string;
  readonly ask: number;
  readonly outcome: NodeResult;
}

/** What a command may take, and what is read of one. */
export const MAX_COMMAND_BYTES = 64 * 1024;
export const MAX_ANSWER_BYTES = 1024 * 1024;
const MAX_NAME = 200;
/** `<epoch>:<number>:` in front of what was said. */
const HEAD = /^([^:]{1,64}):(\d{1,16}):/;
const MAX_HEAD = 100;

/** @throws RealtimeError `payload_too_large` */
export function encodeSaid(said: Said): string {
  const text = JSON.stringify(said);
  if (Buffer.byteLength(text) <= MAX_COMMAND_BYTES) return text;
  throw new RealtimeError('payload_too_large', `A command to other nodes takes ${MAX_COMMAND_BYTES} bytes at most.`);
}

/** Nothing where even the head cannot be read. */
export function decodeHeard(bytes: Buffer): Heard | undefined {
  const head = HEAD.exec(bytes.toString('latin1', 0, MAX_HEAD));
  if (!head) return undefined;
  const body = bytes.subarray(head[0].length);
  const said = body.length <= MAX_COMMAND_BYTES ? parse(body) : undefined;
  return { epoch: head[1], number: Number(head[2]), said: isSaid(said) ? said : undefined };
}

export function encodeAnswered({ node, ask, outcome }: Answered): string {
  const text = JSON.stringify({ node, ask, ...toWire(outcome) });
  if (Buffer.byteLength(text) <= MAX_ANSWER_BYTES) return text;
  const failed = { code: 'payload_too_large', message: `The answer takes more than ${MAX_ANSWER_BYTES} bytes.` };
  return JSON.stringify({ node, ask, failed });
}

/** Nothing where it cannot be understood. */
export function decodeAnswered(bytes: Buffer): Answered | undefined {
  const answer = bytes.length <= MAX_ANSWER_BYTES ? parse(bytes) : undefined;
  if (!isObject(answer) || !isName(answer.node) || !Number.isSafeInteger(answer.ask)) return undefined;
  const { node, ask, done, failed } = answer as { node: string; ask: number; done?: unknown; failed?: unknown };
  return { node, ask, outcome: failed === undefined ? { done } : { failed: toError(node, failed) } };
}

/** What failed for a reason that is nobody else's concern is in that node's log. */
function toWire(outcome: NodeResult): { done: unknown } | { failed: { code: ErrorCode; message: string } } {
  if (!('failed' in outcome)) return { done: outcome.done ?? null };
  const { failed } = outcome;
  const code = failed instanceof RealtimeError ? failed.code : 'processing_error';
  return { failed: { code, message: failed.message.slice(0, MAX_NAME) } };
}

function toError(node: string, failed: unknown): RealtimeError {
  const { code, message } = isObject(failed) ? failed : {};
  const known = isErrorCode(code) ? code : 'processing_error';
  return new RealtimeError(known, `${node}: ${typeof message === 'string' ? message : 'it failed'}`);
}

function isSaid(value: unknown): value is Said {
  if (!isObject(value) || !isName(value.from)) return false;
  if (value.ask !== undefined && !Number.isSafeInteger(value.ask)) return false;
  return value.command === undefined || isObject(value.command);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
