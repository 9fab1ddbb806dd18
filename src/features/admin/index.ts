export { AdminModule } from './admin.module';
export type { AdminOptions, ConsoleOptions } from './admin.options';
