import { requirePackages } from '../../options/packages';

requirePackages('nestjs-realtime/postgres', 'kysely');
