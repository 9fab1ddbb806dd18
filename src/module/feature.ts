import { ConfigurableModuleBuilder, DynamicModule, Provider } from '@nestjs/common';
import { isRegistered, ProviderWrapper } from '../nest/is-registered';
import { NoStorage } from '../storage/no.storage';
import { Storage } from '../storage/storage';
import { OptionsCheck, OptionsClass, resolveOptions } from '../options/resolve-options';

/** Injects the resolved options of `RealtimeModule` or `RealtimeEmitterModule`: without them there is no core. */
export const REALTIME_OPTIONS = Symbol('realtime-options');

interface FeatureDefinition<Options extends object, Extras extends object> {
  /** The module's name without `Module`. */
  readonly name: string;
  /** The group of options, as it is named in errors. */
  readonly group: string;
  readonly Class: OptionsClass<Options>;
  readonly check?: OptionsCheck<Options>;
  /** Whether the module works only with a database. */
  readonly needsStorage?: boolean;
  /** Options that stand beside `useFactory`, with their defaults: they choose controllers and providers. */
  readonly extras?: Extras;
  /** Completes the module for one application. */
  readonly complete?: (definition: DynamicModule, extras: Extras) => DynamicModule;
}

/**
 * The base class of a feature's module, with `forRoot` and `forRootAsync`, and the providers that every feature has: its
 * options, injectable by their class, and a check that the application imports the core.
 */
export function feature<Options extends object, Extras extends object = object>(
  definition: FeatureDefinition<Options, Extras>,
) {
  const { name, extras = {} as Extras, complete = (module) => module } = definition;
  const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<Partial<Options>>({
    moduleName: name,
  })
    .setClassMethodName('forRoot')
    .setExtras(extras, complete)
    .build();

  class FeatureModule extends ConfigurableModuleClass {
    static override forRoot(options: Partial<Options> & Partial<Extras> = {}): DynamicModule {
      return super.forRoot(options);
    }
  }
  const core = requirement(REALTIME_OPTIONS, `${name}Module ${NEEDS_CORE}`);
  return { FeatureModule, providers: [core, optionsOf(definition, MODULE_OPTIONS_TOKEN)] };
}

/** The options of a feature, by their class. */
function optionsOf<Options extends object, Extras extends object>(
  { name, group, Class, check, needsStorage }: FeatureDefinition<Options, Extras>,
  given: string | symbol,
): Provider {
  return {
    provide: Class,
    inject: [given, Storage].map((token) => ({ token, optional: true })),
    useFactory: (options?: Partial<Options>, storage?: Storage) => {
      if (!options) throw new Error(`${name}Module: import ${name}Module.forRoot({ … }), not ${name}Module alone.`);
      if (needsStorage && storage instanceof NoStorage) throw new Error(`${name}Module ${NEEDS_STORAGE}`);
      return resolveOptions(group, Class, options, check);
    },
  };
}

const NEEDS_CORE = 'needs the core: add RealtimeModule.forRoot({ … }) to the imports.';
const NEEDS_STORAGE = 'needs a database: pass storage: new SqliteStorage({ file }) to RealtimeModule.forRoot().';

/**
 * Fails the boot with this message where no module of the application provides the token. It stands before the
 * providers that inject the token, and injects nothing: so it fails before Nest's own search for the token does.
 */
export function requirement(token: unknown, message: string): Provider {
  return {
    provide: Symbol('requirement'),
    useFactory(this: ProviderWrapper | undefined) {
      if (!isRegistered(this, token)) throw new Error(message);
      return true;
    },
  };
}
