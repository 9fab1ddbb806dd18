import type { Migration } from '../migration';
import { withSequence } from '../sequence';

export const audit: Migration = {
  name: '0004-audit',
  async up({ schema }, dialect) {
    await withSequence(schema.createTable('audit_entries'), dialect)
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text')
      .addColumn('room', 'text')
      .addColumn('target', 'text')
      .addColumn('code', 'text')
      .addColumn('connection_id', 'text')
      .addColumn('address', 'text')
      .execute();
    const index = (name: string) => schema.createIndex(`audit_entries_${name}`).on('audit_entries');
    await index('at').columns(['at', 'seq']).execute();
    await index('type').columns(['type', 'at', 'seq']).execute();
    await index('user').columns(['user_id', 'at', 'seq']).where('user_id', 'is not', null).execute();
    await index('room').columns(['room', 'at', 'seq']).where('room', 'is not', null).execute();
  },
};
