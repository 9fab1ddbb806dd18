import { ArgumentMetadata, BadRequestException, Injectable, ValidationPipe } from '@nestjs/common';

/** Nest's ValidationPipe, whose recursion overflows the stack on a body that is nested some thousand levels deep. */
@Injectable()
export class BodyPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      if (error instanceof RangeError) throw new BadRequestException('The body is nested too deeply.');
      throw error;
    }
  }
}
