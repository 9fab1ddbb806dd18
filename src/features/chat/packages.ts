import { requirePackages } from '../../options/packages';

requirePackages('nestjs-realtime/chat', 'kysely');
