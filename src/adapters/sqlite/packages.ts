import { requirePackages } from '../../options/packages';

requirePackages('nestjs-realtime/sqlite', 'kysely', 'libsql');
