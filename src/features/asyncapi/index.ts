export { AsyncApiModule } from './asyncapi.module';
export type { DataDescription, DocumentsOptions } from './documents.options';
export { AsyncApi } from './asyncapi';
export type { AsyncApiDocument } from './asyncapi';
