import type { JsonSchema } from '../../protocol/json-schema';

const ANSWERS = 'nestjs-realtime:answers';

/** What an HTTP route does, and the body it answers with when it succeeds. */
export interface Answer {
  readonly summary: string;
  /** With a `title` it is a schema of its own in the document. */
  readonly body?: JsonSchema;
}

/** Tells the OpenAPI document of a route what no type can: the rest it takes from the route itself. */
export function HttpApi(summary: string, body?: JsonSchema): MethodDecorator {
  return (_prototype, _name, { value }) => Reflect.defineMetadata(ANSWERS, { summary, body }, value as object);
}

export function answerOf(route: object): Answer | undefined {
  return Reflect.getMetadata(ANSWERS, route) as Answer | undefined;
}
