import { requirePackages } from '../../options/packages';

requirePackages('nestjs-realtime/mailbox', 'kysely');
