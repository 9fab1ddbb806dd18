import { requirePackages } from './options/packages';

const NEST = ['common', 'core', 'jwt', 'platform-ws', 'websockets'].map((name) => `@nestjs/${name}`);

requirePackages('nestjs-realtime', ...NEST, 'class-transformer', 'class-validator', 'reflect-metadata', 'rxjs');
