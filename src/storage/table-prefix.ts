import {
  CreateIndexNode,
  IdentifierNode,
  KyselyPlugin,
  OperationNodeTransformer,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
  QueryId,
  QueryResult,
  RootOperationNode,
  SchemableIdentifierNode,
  UnknownRow,
} from 'kysely';
import { TABLES } from './database';

/** Puts a prefix before the names of the module's tables and of all indexes, so that an application's own are apart. */
export class TablePrefix implements KyselyPlugin {
  readonly #transformer: Prefixer;

  constructor(prefix: string) {
    this.#transformer = new Prefixer(prefix);
  }

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    return this.#transformer.transformNode(node, queryId);
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return result;
  }
}

class Prefixer extends OperationNodeTransformer {
  constructor(private readonly prefix: string) {
    super();
  }

  protected override transformSchemableIdentifier(given: SchemableIdentifierNode, queryId: QueryId) {
    const node = super.transformSchemableIdentifier(given, queryId);
    return Object.hasOwn(TABLES, node.identifier.name)
      ? { ...node, identifier: this.#prefixed(node.identifier) }
      : node;
  }

  protected override transformCreateIndex(given: CreateIndexNode, queryId: QueryId) {
    const node = super.transformCreateIndex(given, queryId);
    return { ...node, name: this.#prefixed(node.name) };
  }

  #prefixed({ name }: IdentifierNode): IdentifierNode {
    return IdentifierNode.create(this.prefix + name);
  }
}
