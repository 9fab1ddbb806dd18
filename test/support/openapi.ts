import { DocumentBuilder, OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { Ajv, ValidateFunction } from 'ajv';
import { FramePipe } from '../../src/gateway/validation/frame.pipe';
import { Realtime, realtime, RealtimeTestOptions } from './realtime';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

export interface Operation {
  readonly summary?: string;
  readonly operationId: string;
  readonly security?: object[];
  readonly parameters: {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: object;
  }[];
  readonly requestBody?: { readonly required: boolean; readonly content: { 'application/json': { schema: Schema } } };
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, { schema: Schema }> }
  >;
}

export interface Schema {
  readonly $ref?: string;
  readonly required?: string[];
}

export function documentOf({ app }: Pick<Realtime, 'app'>): OpenAPIObject {
  const config = new DocumentBuilder().setTitle('Host').addBearerAuth().build();
  return SwaggerModule.createDocument(app, config);
}

export async function open(options: RealtimeTestOptions = {}) {
  const server = await realtime(options);
  return { server, document: documentOf(server) };
}

/** `GET /path` and its operation, of all of them. */
export function operations({ paths }: OpenAPIObject): [string, Operation][] {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      item[method] as unknown as Operation,
    ]),
  );
}

export function operation(document: OpenAPIObject, name: string): Operation {
  return new Map(operations(document)).get(name)!;
}

/** Checks data against schemas of the document. */
export function reader(document: OpenAPIObject) {
  const ajv = new Ajv({ strict: false, validateSchema: false, formats: { 'date-time': true } });
  ajv.addSchema(document, 'document');
  return (schema: Schema): ValidateFunction =>
    schema.$ref ? ajv.getSchema(`document${schema.$ref}`)! : ajv.compile(schema);
}

export function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => (key === '$ref' ? [String(part)] : refsIn(part)));
}

export const schemaOf = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
export const bodyOf = ({ requestBody }: Operation): Schema | undefined =>
  requestBody?.content['application/json'].schema;

/** What the server misses in an empty body. */
export async function missingFrom(pipe: FramePipe<object>): Promise<string[]> {
  try {
    await pipe.transform({});
    return [];
  } catch (error) {
    return (error as { details: { field: string }[] }).details.map(({ field }) => field);
  }
}
