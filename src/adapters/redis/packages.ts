import { requirePackages } from '../../options/packages';

requirePackages('nestjs-realtime/redis', 'ioredis');
