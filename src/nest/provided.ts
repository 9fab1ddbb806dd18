import type { Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';

/** An option that may be an instance or a class: a class is taken from the host's providers, or else created. */
export async function provided<T extends object>(given: T | Type<T>, moduleRef: ModuleRef): Promise<T> {
  if (typeof given !== 'function') return given;
  try {
    return moduleRef.get(given, { strict: false });
  } catch {
    return createWith(given, moduleRef);
  }
}

async function createWith<T>(type: Type<T>, moduleRef: ModuleRef): Promise<T> {
  try {
    return await moduleRef.create(type);
  } catch (cause) {
    throw new Error(`RealtimeModule: ${type.name} cannot be created. Add it to the providers of one of your modules.`, {
      cause,
    });
  }
}
