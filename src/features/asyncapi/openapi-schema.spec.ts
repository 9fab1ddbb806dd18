import type { JsonSchema } from '../../protocol/json-schema';
import { OpenApiSchema, toOpenApi } from './openapi-schema';

describe('a schema of OpenAPI 3.0', () => {
  const cases: [string, JsonSchema, OpenApiSchema][] = [
    [
      'says null beside the type',
      { type: ['string', 'null'], minLength: 1 },
      { type: 'string', minLength: 1, nullable: true },
    ],
    ['says null beside the values', { enum: ['a', null] }, { enum: ['a', null], nullable: true }],
    [
      'says null beside the choice',
      { anyOf: [{ type: 'integer' }, { const: 'all' }, { type: 'null' }] },
      { anyOf: [{ type: 'integer' }, { enum: ['all'] }], nullable: true },
    ],
    [
      'marks limits that are excluded',
      { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 9 },
      { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: true },
    ],
    [
      'is one all the way down',
      {
        type: 'object',
        properties: { list: { type: 'array', items: { const: 1 } } },
        additionalProperties: { allOf: [{ const: 2 }], not: { const: 3 } },
      },
      {
        type: 'object',
        properties: { list: { type: 'array', items: { enum: [1] } } },
        additionalProperties: { allOf: [{ enum: [2] }], not: { enum: [3] } },
      },
    ],
    ['keeps that nothing else is taken', { additionalProperties: false }, { additionalProperties: false }],
  ];

  it.each(cases)('%s', (_, schema, expected) => expect(toOpenApi(schema)).toEqual(expected));
});
