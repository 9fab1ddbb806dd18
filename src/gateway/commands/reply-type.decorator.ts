import type { Type } from '@nestjs/common';
import type { JsonSchema } from '../../protocol/json-schema';

const REPLIES = 'nestjs-realtime:replies';

/** A frame a command answers with, as the documents tell of it. */
export interface Reply {
  readonly type: string;
  /** What its data are: a class with validation decorators, or a JSON Schema; left out: any object. */
  readonly data?: Type | JsonSchema;
}

/** Tells the AsyncAPI document what a command answers with. Apply it again for each other type it may answer with. */
export function ReplyType(type: string, data?: Type | JsonSchema): MethodDecorator {
  return (_prototype, _name, { value }) => {
    const others = repliesOf(value as object);
    Reflect.defineMetadata(REPLIES, [{ type, data }, ...others], value as object);
  };
}

export function repliesOf(method: object): readonly Reply[] {
  return (Reflect.getMetadata(REPLIES, method) as Reply[] | undefined) ?? [];
}
