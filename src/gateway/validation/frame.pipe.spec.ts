import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import {
  IsDate,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Validate,
  ValidateNested,
  ValidatorConstraint,
} from 'class-validator';
import { RealtimeError } from '../../protocol/errors';
import { FramePipe, isDto, MAX_VALUES } from './frame.pipe';

@ValidatorConstraint({ async: true })
class IsFree {
  async validate(value: unknown): Promise<boolean> {
    return Promise.resolve(value !== 'taken');
  }
}

class PointDto {
  @IsInt()
  x!: number;
}

class ShapeDto {
  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : (value as unknown)))
  @IsString()
  name!: string;

  @IsOptional()
  @IsObject()
  free?: Record<string, unknown>;

  @IsOptional()
  @ValidateNested()
  @Type(() => PointDto)
  point?: PointDto;

  /** Without `each`, as many write it. */
  @IsOptional()
  @ValidateNested()
  @Type(() => PointDto)
  points?: PointDto[];

  @IsOptional()
  @IsDate()
  @Type(() => Date)
  at?: Date;
}

class InheritingDto extends PointDto {
  @IsInt()
  y!: number;
}

class FreeNameDto {
  @Validate(IsFree)
  name!: string;
}

const shape = new FramePipe(ShapeDto);

async function details(pipe: FramePipe<object>, value: unknown) {
  try {
    await pipe.transform(value);
  } catch (error) {
    if (error instanceof RealtimeError) return [error.code, ...(error.details ?? []).map(({ field }) => field)];
    throw error;
  }
  return 'valid';
}

describe('FramePipe', () => {
  it('makes an instance, transformed, with its nested parts', async () => {
    const made = await shape.transform({
      name: ' a ',
      point: { x: 1 },
      points: [{ x: 2 }],
      at: '2026-01-02T03:04:05.678Z',
    });
    expect(made).toBeInstanceOf(ShapeDto);
    expect(made.point).toBeInstanceOf(PointDto);
    expect(made.points![0]).toBeInstanceOf(PointDto);
    expect(made).toEqual({ name: 'a', point: { x: 1 }, points: [{ x: 2 }], at: new Date('2026-01-02T03:04:05.678Z') });
  });

  it('answers at once where nothing is asynchronous', () => {
    expect(new FramePipe(PointDto).transform({ x: 1 })).toBeInstanceOf(PointDto);
    expect(new FramePipe(InheritingDto).transform({ x: 1, y: 2 })).toEqual({ x: 1, y: 2 });
  });

  it('names what does not fit, below the path of the part it checks', async () => {
    expect(await details(shape, { point: { x: 'a' }, points: [{ x: 1 }, {}] })).toEqual([
      ...['validation_failed', 'name', 'point.x', 'points.1.x'],
    ]);
    expect(await details(shape, { name: 'a', other: 1 })).toEqual(['validation_failed', 'other']);
    expect(await details(new FramePipe(PointDto, 'from'), { x: '' })).toEqual(['validation_failed', 'from.x']);
    expect(await details(new FramePipe(PointDto, 'from'), { z: 1 })).toEqual(['validation_failed', 'from.z']);
    expect(await details(new FramePipe(PointDto, 'from'), 7)).toEqual(['validation_failed', 'from']);
    expect(await details(new FramePipe(FreeNameDto), { name: 'taken' })).toEqual(['validation_failed', 'name']);
    expect(await details(new FramePipe(FreeNameDto), { name: 'free' })).toBe('valid');
  });

  it('takes one object where one is meant, and a list where a list is', async () => {
    expect(await details(shape, { name: 'a', point: [] })).toEqual(['validation_failed', 'point']);
    expect(await details(shape, { name: 'a', point: [{ x: 1 }] })).toEqual(['validation_failed', 'point']);
    expect(await details(shape, { name: 'a', points: [] })).toBe('valid');
  });

  it('leaves free-form parts as they are, and looks at them as long as they are objects only', async () => {
    const free = JSON.parse('{"constructor":1,"__proto__":{"a":1},"toString":[{"valueOf":2}]}') as Record<
      string,
      unknown
    >;
    const made = await shape.transform({ name: 'a', free });
    expect(made.free).toBe(free);
    expect(Object.getPrototypeOf(made.free)).toBe(Object.prototype);
    expect(await details(shape, { name: 'a', free: [] })).toEqual(['validation_failed', 'free']);
    expect(await details(shape, { name: 'a', free: 'x' })).toEqual(['validation_failed', 'free']);
    const big = Object.fromEntries(Array.from({ length: MAX_VALUES * 2 }, (_, i) => [`k${i}`, i]));
    expect(await details(shape, { name: 'a', free: big })).toBe('valid');
  });

  it('refuses keys every object has, anywhere else', async () => {
    for (const key of ['__proto__', 'constructor', 'toString']) {
      const part = JSON.parse(`{"x":1,"${key}":{"a":1}}`) as object;
      expect(await details(shape, { name: 'a', point: part })).toEqual(['validation_failed', `point.${key}`]);
      expect(await details(shape, { name: 'a', points: [part] })).toEqual(['validation_failed', `points.0.${key}`]);
      expect(await details(new FramePipe(PointDto), part)).toEqual(['validation_failed', key]);
    }
  });

  it('refuses more keys and elements than it can check in time', async () => {
    const points = Array.from({ length: MAX_VALUES / 2 - 2 }, () => ({ x: 1 }));
    expect(await details(shape, { name: 'a', points })).toBe('valid');
    points.push({ x: 1 }, { x: 1 });
    expect(await details(shape, { name: 'a', points })).toEqual(['payload_too_large']);
    expect(await details(shape, { name: 'a', at: Array.from({ length: 1e5 }, () => 0) })).toEqual([
      'payload_too_large',
    ]);
  });
});

describe('isDto', () => {
  it('tells classes with rules from all else', () => {
    expect([PointDto, InheritingDto].map(isDto)).toEqual([true, true]);
    expect([Object, String, class {}, undefined, { x: 1 }].map(isDto)).toEqual([
      ...Array.from({ length: 5 }, () => false),
    ]);
  });
});
