import { Kysely, sql } from 'kysely';
import type { Migration, Storage, StorageOptions } from '../../src';
import { runMigrations } from '../../src/storage/migration';
import { MIGRATIONS } from '../../src/storage/migrations';
import { SAMPLES } from './migration-samples';

/** An empty database of one test. */
export interface TestDatabase {
  /** Another connection of a node to it, its tables not yet made. */
  open(options?: StorageOptions): Storage;
}

const NAMES = MIGRATIONS.map(({ name }) => name);

type Plants = { plants: { name: string; height: number | null } };

const garden: Migration = {
  name: 'garden',
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('plants')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('height', 'bigint')
      .execute();
  },
};

/** What every database must do. `make` gives an empty one. */
export function describeStorage(name: string, make: () => Promise<TestDatabase>): void {
  describe(`${name} as a storage`, () => {
    const opened: Storage[] = [];

    afterEach(async () => {
      for (const storage of opened.splice(0)) await storage.close();
    });

    async function setUp(options: StorageOptions = {}) {
      const database = await make();
      const open = (more: StorageOptions = {}): Storage => {
        const storage = database.open({ migrations: [garden], ...options, ...more });
        opened.push(storage);
        return storage;
      };
      const storage = open();
      await storage.migrate();
      return { storage, open };
    }

    const plant = (storage: Storage, name: string, height: number | null = null): Promise<unknown> =>
      storage.write((trx) => trx.withTables<Plants>().insertInto('plants').values({ name, height }).execute());
    const plants = (storage: Storage) => storage.db.withTables<Plants>().selectFrom('plants').selectAll().execute();
    const names = async (storage: Storage) => (await plants(storage)).map(({ name }) => name);

    it('makes its tables and those of the application, each once', async () => {
      const database = await make();
      const [one, other] = [1, 2].map(() => database.open({ migrations: [garden] }));
      opened.push(one, other);
      expect(await one.migrate()).toEqual([...NAMES, 'garden']);
      expect(await one.migrate()).toEqual([]);
      expect(await other.migrate()).toEqual([]);
      expect(await plants(other)).toEqual([]);
    });

    it('lets nodes that start at once make the tables one after the other', async () => {
      const database = await make();
      const nodes = Array.from({ length: 4 }, () => database.open({ migrations: [garden] }));
      opened.push(...nodes);
      const ran = await Promise.all(nodes.map((node) => node.migrate()));
      expect(ran.flat().sort()).toEqual([...NAMES, 'garden'].sort());
    });

    it.each(MIGRATIONS.map(({ name }, index) => [name, index] as const))(
      'comes to %s from the version before it, with data in it',
      async (name, index) => {
        const storage = (await make()).open();
        opened.push(storage);
        const migrate = (to: number) =>
          storage.write((trx) => runMigrations(trx, MIGRATIONS.slice(0, to), dialectOf(storage)));
        await migrate(index);
        const samples = NAMES.slice(0, index).map((before) => SAMPLES[before]);
        for (const { insert } of samples) await storage.write(insert);
        expect(await migrate(index + 1)).toEqual([name]);
        for (const { check } of samples) await check(storage);
        await storage.write(SAMPLES[name].insert);
        await SAMPLES[name].check(storage);
      },
    );

    it('leaves alone what a newer version has done', async () => {
      const { open, storage } = await setUp();
      await plant(storage, 'ivy');
      expect(await open({ migrations: [] }).migrate()).toEqual([]);
      expect(await names(storage)).toEqual(['ivy']);
    });

    it('undoes all migrations when one of them fails', async () => {
      const database = await make();
      const broken: Migration = { name: 'broken', up: () => Promise.reject(new Error('on purpose')) };
      const storage = database.open({ migrations: [garden, broken] });
      opened.push(storage);
      await expect(storage.migrate()).rejects.toThrow('on purpose');
      const mended = database.open({ migrations: [garden] });
      opened.push(mended);
      expect(await mended.migrate()).toEqual([...NAMES, 'garden']);
    });

    it('shows a write to every node when it has resolved', async () => {
      const { storage, open } = await setUp();
      await plant(storage, 'ivy', 3);
      expect(await plants(storage)).toEqual([{ name: 'ivy', height: 3 }]);
      expect(await plants(open())).toEqual([{ name: 'ivy', height: 3 }]);
    });

    it('keeps the values as they are', async () => {
      const { storage } = await setUp();
      const text = `'; drop table plants; -- "𝄞" \\ \u0001\r\n\u202e{}`;
      await plant(storage, text, Date.now());
      await plant(storage, 'large', Number.MAX_SAFE_INTEGER);
      await plant(storage, 'none');
      expect(await plants(storage)).toEqual([
        { name: text, height: expect.any(Number) as number },
        { name: 'large', height: Number.MAX_SAFE_INTEGER },
        { name: 'none', height: null },
      ]);
    });

    it('returns what the work returns', async () => {
      const { storage } = await setUp();
      expect(await storage.write(async () => 'ivy')).toBe('ivy');
    });

    it('undoes a write that fails, and none that was made with it', async () => {
      const { storage } = await setUp();
      let runs = 0;
      const failing = storage.write(async (trx) => {
        runs++;
        await trx.withTables<Plants>().insertInto('plants').values({ name: 'half', height: null }).execute();
        throw new Error('on purpose');
      });
      const others = ['ivy', 'fern'].map((name) => plant(storage, name));
      await expect(failing).rejects.toThrow('on purpose');
      await Promise.all(others);
      expect(runs).toBe(1);
      expect((await names(storage)).sort()).toEqual(['fern', 'ivy']);
    });

    it('passes on what is wrong with a statement: the database works', async () => {
      const { storage } = await setUp();
      await plant(storage, 'ivy');
      const again = plant(storage, 'ivy');
      const other = plant(storage, 'fern');
      await expect(again).rejects.not.toMatchObject({ code: 'unavailable' });
      await expect(again).rejects.toThrow(/unique/i);
      await other;
      await expect(sql`select nonsense`.execute(storage.db)).rejects.not.toMatchObject({ code: 'unavailable' });
      expect((await names(storage)).sort()).toEqual(['fern', 'ivy']);
    });

    it('takes many writes at once', async () => {
      const { storage } = await setUp();
      const all = Array.from({ length: 500 }, (_, i) => `plant ${i}`);
      await Promise.all(all.map((name) => plant(storage, name)));
      expect((await names(storage)).sort()).toEqual([...all].sort());
    });

    it('takes writes of several nodes at once', async () => {
      const { storage, open } = await setUp();
      const nodes = [storage, open(), open()];
      const all = Array.from({ length: 150 }, (_, i) => `plant ${i}`);
      await Promise.all(all.map((name, i) => plant(nodes[i % 3], name)));
      expect((await names(storage)).sort()).toEqual([...all].sort());
    });

    it('lets a read in the midst of a write see what was committed before', async () => {
      const { storage } = await setUp();
      await plant(storage, 'ivy');
      const seen = await storage.write(async (trx) => {
        await trx.withTables<Plants>().insertInto('plants').values({ name: 'fern', height: null }).execute();
        return names(storage);
      });
      expect(seen).toEqual(['ivy']);
      expect((await names(storage)).sort()).toEqual(['fern', 'ivy']);
    });

    it('keeps apart what has different table prefixes', async () => {
      const { storage, open } = await setUp({ migrations: [] });
      const prefixed = open({ tablePrefix: 'rt_' });
      expect(await prefixed.migrate()).toEqual(NAMES);
      await prefixed.write((trx) =>
        trx.insertInto('realtime_migrations').values({ name: 'x', applied_at: 1 }).execute(),
      );
      const all = (of: Storage) => of.db.selectFrom('realtime_migrations as m').select('m.name').execute();
      expect(await all(storage)).toEqual(NAMES.map((name) => ({ name })));
      expect(await all(prefixed)).toEqual([...NAMES, 'x'].map((name) => ({ name })));
      const raw = await sql<{ name: string }>`select name from rt_realtime_migrations`.execute(storage.db);
      expect(raw.rows).toHaveLength(NAMES.length + 1);
    });

    it('finishes what was written before it is closed, and is unavailable after', async () => {
      const { storage, open } = await setUp();
      const written = Promise.all(['ivy', 'fern'].map((name) => plant(storage, name)));
      await Promise.all([storage.close(), written]);
      await storage.close();
      await expect(plant(storage, 'moss')).rejects.toMatchObject({ code: 'unavailable' });
      await expect((async () => names(storage))()).rejects.toMatchObject({ code: 'unavailable' });
      expect((await names(open())).sort()).toEqual(['fern', 'ivy']);
    });
  });
}

function dialectOf({ place }: Storage): 'sqlite' | 'postgres' {
  return place.startsWith('SQLite') ? 'sqlite' : 'postgres';
}
