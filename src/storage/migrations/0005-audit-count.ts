import type { Migration } from '../migration';

export const auditCount: Migration = {
  name: '0005-audit-count',
  async up({ schema }) {
    await schema
      .alterTable('audit_entries')
      .addColumn('count', 'integer', (column) => column.notNull().defaultTo(1))
      .execute();
  },
};
