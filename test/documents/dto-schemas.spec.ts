import { Ajv } from 'ajv';
import { Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayUnique,
  Equals,
  IsArray,
  IsBoolean,
  IsEmail,
  IsEnum,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsPositive,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import fc from 'fast-check';
import {
  BanDto,
  CreateChannelDto,
  PasswordDto,
  RoleDto,
  UpdateChannelDto,
} from '../../src/features/chat/channels/channel.dto';
import { TypingDto } from '../../src/features/chat/typing.dto';
import { BroadcastDto } from '../../src/events/broadcast.dto';
import { FramePipe } from '../../src/gateway/validation/frame.pipe';
import { HistoryDto } from '../../src/history/history.dto';
import type { JsonSchema } from '../../src/protocol/json-schema';
import { JoinRoomDto } from '../../src/rooms/join-room.dto';
import { SubscriptionDto } from '../../src/rooms/subscription.dto';
import { DtoSchemas } from '../../src/features/asyncapi/dto-schemas';

enum Size {
  small,
  large = 7,
}

const odd = (value: unknown): boolean => Number(value) % 2 === 1;

class LeafDto {
  @IsString()
  name!: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => LeafDto)
  below?: LeafDto;
}

class EverythingDto {
  @Length(2, 5)
  @IsString()
  length!: string;

  @MinLength(1)
  @MaxLength(9)
  both!: string;

  @Matches(/^a+$/)
  pattern!: string;

  @Matches(/^a+$/i)
  flags!: string;

  @Matches(/b/)
  @Matches(/^a/)
  two!: string;

  @Min(1)
  @Max(3)
  @IsInt()
  int!: number;

  @IsPositive()
  positive!: number;

  @IsIn(['x', 'y'])
  oneOf!: string;

  @IsEnum(Size)
  size!: Size;

  @Equals(1)
  one!: number;

  @IsEmail()
  mail!: string;

  @IsUUID()
  id!: string;

  @IsNotEmpty()
  filled!: boolean;

  @IsArray()
  @ArrayMaxSize(2)
  @ArrayUnique()
  @MaxLength(3, { each: true })
  tags!: string[];

  @ValidateNested({ each: true })
  @Type(() => LeafDto)
  leaves!: LeafDto[];

  @IsObject()
  free!: Record<string, unknown>;

  @IsOptional()
  @IsBoolean()
  maybe?: boolean;

  @ValidateIf((_dto, value) => value !== undefined)
  @IsString()
  left?: string;

  @ValidateIf(({ clear }: EverythingDto) => clear !== null)
  @IsString()
  clear!: string | null;

  @Allow()
  anything: unknown;

  @Transform(({ value }: { value: unknown }) => value)
  @IsString()
  trimmed!: string;

  @ValidateBy({ name: 'isOdd', validator: { validate: odd } })
  odd!: number;

  @ValidateBy({ name: 'isOdd', validator: { validate: odd } }, { context: { jsonSchema: { type: 'integer' } } })
  told!: number;
}

describe('the JSON Schema of a DTO', () => {
  const schemas = new DtoSchemas();
  const ref = schemas.ref(EverythingDto);
  const everything = schemas.definitions.EverythingDto;

  it('says what its rules say', () => {
    expect(ref).toEqual({ $ref: '#/components/schemas/EverythingDto' });
    expect(everything.properties).toEqual({
      length: { type: 'string', minLength: 2, maxLength: 5 },
      both: { type: 'string', minLength: 1, maxLength: 9 },
      pattern: { type: 'string', pattern: '^a+$' },
      flags: { type: 'string', description: 'It matches /^a+$/i.' },
      two: { type: 'string', pattern: '^a', allOf: [{ type: 'string', pattern: 'b' }] },
      int: { type: 'integer', minimum: 1, maximum: 3 },
      positive: { type: 'number', exclusiveMinimum: 0 },
      oneOf: { enum: ['x', 'y'] },
      size: { enum: [0, 7] },
      one: { const: 1 },
      mail: { type: 'string', format: 'email' },
      id: { type: 'string', format: 'uuid' },
      filled: { type: 'boolean', not: { enum: ['', null] } },
      tags: { type: 'array', maxItems: 2, uniqueItems: true, items: { type: 'string', maxLength: 3 } },
      leaves: { type: ['array', 'null'], items: { $ref: '#/components/schemas/LeafDto' } },
      free: { type: 'object' },
      maybe: { type: ['boolean', 'null'] },
      left: { type: 'string' },
      clear: { type: ['string', 'null'] },
      anything: {},
      trimmed: { type: 'string', description: 'It is transformed before it is checked.' },
      odd: { type: 'number', description: 'The server also checks the rule "isOdd".' },
      told: { type: 'integer' },
    });
  });

  it('requires what may not be left out, and takes nothing else', () => {
    const optional = ['leaves', 'maybe', 'left', 'anything'];
    const required = Object.keys(everything.properties!).filter((name) => !optional.includes(name));
    expect([...everything.required!].sort()).toEqual(required.sort());
    expect(everything.additionalProperties).toBe(false);
  });

  it('may name itself', () => {
    expect(schemas.definitions.LeafDto).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string' },
        below: { anyOf: [{ $ref: '#/components/schemas/LeafDto' }, { type: 'null' }] },
      },
      required: ['name'],
      additionalProperties: false,
    });
  });

  it('has a name of its own, also where two classes have the same', () => {
    const other = (() => {
      class LeafDto {
        @IsInt()
        size!: number;
      }
      return LeafDto;
    })();
    expect([schemas.ref(LeafDto), schemas.ref(other), schemas.ref(other)].map(({ $ref }) => $ref)).toEqual([
      '#/components/schemas/LeafDto',
      '#/components/schemas/LeafDto2',
      '#/components/schemas/LeafDto2',
    ]);
  });
});

/** Values near the borders of what the module's own DTOs take. */
const values = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, true, 0, 1, -1, 1.5, 200, 201, 21_600, 2 ** 53, '', 'a', 'a:b', ':a', ' '),
  fc.constantFrom<unknown>('public', 'private', 'password', 'subscribe', 'moderator', 'owner', 'a\0b', {}, [], ['a']),
  fc.constantFrom<unknown>(
    'x'.repeat(8),
    'x'.repeat(64),
    'x'.repeat(100),
    'x'.repeat(200),
    'x'.repeat(257),
    '😀'.repeat(100),
  ),
  fc.record(
    { epoch: fc.constantFrom<unknown>('', 'e', 7), offset: fc.constantFrom<unknown>(0, 1, -1, '1') },
    { requiredKeys: [] },
  ),
);

const OWN = [
  ...[JoinRoomDto, HistoryDto, SubscriptionDto, TypingDto, BroadcastDto],
  ...[CreateChannelDto, UpdateChannelDto, PasswordDto, RoleDto],
];

describe("the JSON Schemas of the module's own DTOs", () => {
  it.each(OWN.map((dto) => [dto.name, dto] as const))('take and refuse what the server does: %s', async (_, dto) => {
    const pipe = new FramePipe<object>(dto);
    const schemas = new DtoSchemas('#/definitions/');
    const root = schemas.ref(dto);
    const matches = new Ajv({ strict: false }).compile({ ...root, definitions: schemas.definitions });
    const names = Object.keys(schemas.definitions[dto.name].properties!);
    const data = fc.record(Object.fromEntries([...names, 'other'].map((name) => [name, values])), { requiredKeys: [] });
    const property = fc.asyncProperty(data, async (given) => {
      const json = JSON.parse(JSON.stringify(given)) as object;
      expect([json, matches(json)]).toEqual([json, await takes(pipe, json)]);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('leave dates to words', () => {
    const schemas = new DtoSchemas();
    schemas.ref(BanDto);
    const until: JsonSchema = { type: ['string', 'null'], description: 'A date in ISO 8601.' };
    expect(schemas.definitions.BanDto.properties!.until).toEqual(until);
  });
});

async function takes(pipe: FramePipe<object>, data: object): Promise<boolean> {
  try {
    await pipe.transform(data);
    return true;
  } catch {
    return false;
  }
}
