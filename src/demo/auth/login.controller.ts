import { Body, Controller, ForbiddenException, HttpCode, Inject, Post } from '@nestjs/common';
import { ENVIRONMENT, type Environment } from '../environment';
import { LoginDto } from './login.dto';
import { Login, Tokens } from './tokens';

@Controller('api/login')
export class LoginController {
  constructor(
    private readonly tokens: Tokens,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  /** Anyone becomes anyone, so this is for development only. */
  @Post()
  @HttpCode(200)
  login(@Body() { name }: LoginDto): Promise<Login> {
    if (this.environment.NODE_ENV !== 'production') return this.tokens.issue(name);
    throw new ForbiddenException('NODE_ENV is production, where nobody logs in by name. Sign tokens with JWT_SECRET.');
  }
}
