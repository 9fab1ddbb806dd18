import { Injectable } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { HTTP_STATUS } from '../../gateway/http/http-error.filter';
import { answerOf } from '../../gateway/http/http-api.decorator';
import type { ErrorCode } from '../../protocol/errors';
import type { JsonSchema } from '../../protocol/json-schema';
import { DtoSchemas } from './dto-schemas';
import { HttpRoute } from './http-route';
import { OpenApiSchema, toOpenApi } from './openapi-schema';
import { PARTS, SERVER_FRAMES } from './server-frames';

// What the decorators of @nestjs/swagger leave on classes and methods, the same in 11 and 12. Written directly, so that
// the package is neither needed nor loaded by an application that does not use it.
const BODY_AND_QUERY = 'swagger/apiParameters';
const MODELS = 'swagger/apiExtraModels';
const OPERATION = 'swagger/apiOperation';
const RESPONSES = 'swagger/apiResponse';
const SCHEMA = 'swagger/apiSchema';
const SECURITY = 'swagger/apiSecurity';

const PREFIX = 'Realtime';

/**
 * Describes the routes of the module it is in for `SwaggerModule.createDocument` of `@nestjs/swagger`: what they take,
 * answer and refuse. Schemas are called `Realtime…`, so that the application's own keep their names.
 */
@Injectable()
export class OpenApi {
  readonly #schemas = new DtoSchemas('#/components/schemas/', PREFIX);
  /** Written out parameter by parameter. */
  readonly #queries = new DtoSchemas();
  readonly #titled = new Map<string, JsonSchema>();
  readonly #error: JsonSchema;

  // Not later: an application may make its document as soon as it is created.
  constructor(discovery: DiscoveryService) {
    this.#error = this.#schemas.define('Error', ERROR);
    for (const { metatype } of discovery.getControllers()) {
      const routes = HttpRoute.of(metatype as Type).filter(({ handler }) => answerOf(handler));
      if (routes.length) this.#describe(metatype as Type, routes);
    }
  }

  #describe(controller: Type, routes: readonly HttpRoute[]): void {
    for (const route of routes) this.#describeRoute(route);
    Reflect.defineMetadata(MODELS, Object.entries(this.#schemas.definitions).map(toModel), controller);
  }

  #describeRoute(route: HttpRoute): void {
    const { handler, body, query, needsToken } = route;
    const summary = answerOf(handler)?.summary;
    const parameters = [
      ...(body
        ? [{ in: 'body', type: String, required: !this.#schemas.mayBeLeftOut(body), schema: this.#schemas.ref(body) }]
        : []),
      ...(query ? this.#queryParameters(query) : []),
    ];
    if (summary) Reflect.defineMetadata(OPERATION, { summary }, handler);
    Reflect.defineMetadata(BODY_AND_QUERY, parameters, handler);
    Reflect.defineMetadata(RESPONSES, this.#responses(route), handler);
    if (needsToken) Reflect.defineMetadata(SECURITY, [{ bearer: [] }], handler);
  }

  #queryParameters(query: Type): object[] {
    const { properties = {}, required = [] } = this.#queries.schemaOf(query);
    return Object.entries(properties).map(([name, schema]) => {
      const written: Record<string, unknown> = { ...toOpenApi(schema) };
      // A query holds no null, only what is left out.
      delete written.nullable;
      return { in: 'query', name, type: String, required: required.includes(name), schema: written };
    });
  }

  #responses(route: HttpRoute): object {
    const answer = answerOf(route.handler)?.body;
    const success = answer ? { schema: this.#named(answer) } : {};
    const errors = route.hasFilter ? Object.entries(ERRORS_BY_STATUS).filter(([status]) => happens(status, route)) : [];
    return {
      [route.status]: { description: answer?.description ?? '', ...success },
      ...Object.fromEntries(errors.map(([status, codes]) => [status, this.#refusal(codes)])),
    };
  }

  #refusal(codes: readonly string[]): object {
    return { description: codes.join(', '), schema: this.#error };
  }

  /** A schema with a title, wherever it stands, becomes one of its own. */
  #named(schema: JsonSchema): JsonSchema {
    const { title, items, properties } = schema;
    const inner: JsonSchema = {
      ...schema,
      ...(items ? { items: this.#named(items) } : {}),
      ...(properties
        ? { properties: Object.fromEntries(Object.entries(properties).map(([key, part]) => [key, this.#named(part)])) }
        : {}),
    };
    if (!title) return inner;
    const known = this.#titled.get(title) ?? this.#schemas.define(title, inner);
    this.#titled.set(title, known);
    return known;
  }
}

const ERROR: JsonSchema = {
  ...SERVER_FRAMES.error.data,
  properties: {
    ...SERVER_FRAMES.error.data.properties,
    details: { type: 'array', items: PARTS.ErrorDetail },
  },
};

const ERRORS_BY_STATUS = byStatus({ ...HTTP_STATUS, processing_error: 500 });

function byStatus(statuses: Partial<Record<ErrorCode, number>>): Record<string, string[]> {
  const grouped: Record<string, string[]> = {};
  for (const [code, status] of Object.entries(statuses)) (grouped[status] ??= []).push(code);
  return grouped;
}

/** What a route without input, or without a token, does not refuse. */
function happens(status: string, { takesInput, needsToken }: HttpRoute): boolean {
  if (status === '400' || status === '413') return takesInput;
  return status !== '401' || needsToken;
}

/** A class that stands for a whole schema of its own. */
function toModel([name, schema]: [string, JsonSchema]): Type {
  const model = class {};
  const written: OpenApiSchema = toOpenApi(schema);
  Reflect.defineMetadata(SCHEMA, [{ name, ...written }], model);
  return model;
}
