import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  Global,
  Module,
  StandardSchemaValidationPipe,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, Reflector } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { Clock, DomainError, PublicUrl, UnavailableError } from '#kernel';
import { problemOf } from '#contracts';
import { type Actor, authorise, PERMISSION, type Permission, Tokens } from '#access';
import { type Context, Journal, Log, LogGuard } from '#log';
import { KeyRing, Vault } from '#vault';

/** A token is `role:id` or `role:id:organisation`. */
class PlainTokens extends Tokens {
  verify(token: string): Promise<Actor> {
    const [role, id, organisation] = token.split(':');
    if (!id) return Promise.reject(new DomainError('not-signed-in'));
    return Promise.resolve({
      id,
      role: role as Actor['role'],
      ...(organisation && { organisation }),
    });
  }
}
class Guard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const permission = new Reflector().getAllAndOverride<Permission>(PERMISSION, [
      context.getHandler(),
      context.getClass(),
    ]);
    const request = context.switchToHttp().getRequest();
    request.actor = await authorise(new PlainTokens(), request.headers.authorization, permission);
    return true;
  }
}
@Catch(DomainError, UnavailableError)
class Problems implements ExceptionFilter {
  catch(error: DomainError | UnavailableError, host: ArgumentsHost): void {
    const problem =
      error instanceof DomainError
        ? problemOf(error.code, error.detail, error.issues)
        : problemOf(error.code);
    void host.switchToHttp().getResponse<FastifyReply>().status(problem.status).send(problem);
  }
}
const pipe = new StandardSchemaValidationPipe({
  exceptionFactory: () => new DomainError('invalid-input'),
});
class Keys extends KeyRing {
  secret(): Uint8Array {
    return new Uint8Array(32).fill(7);
  }
}

/** What a service gives to its contexts. */
export interface Parts {
  readonly db: DataSource;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly journal: Journal;
  /** Only where a context appends without the journal. */
  readonly log?: Log;
  /** Only where a context publishes the log. */
  readonly guard?: LogGuard;
}

/** A context behind HTTP, with the real permissions and schemas, on the given parts. */
export const serve = async (context: Context, parts: Parts): Promise<NestFastifyApplication> => {
  const globals = [
    { provide: DataSource, useValue: parts.db },
    { provide: Clock, useValue: parts.clock },
    { provide: KeyRing, useValue: new Keys() },
    { provide: Vault, useValue: parts.vault },
    { provide: Log, useValue: parts.log },
    { provide: LogGuard, useValue: parts.guard ?? new LogGuard() },
    { provide: PublicUrl, useValue: new PublicUrl('https://ledger.example') },
    { provide: Journal, useValue: parts.journal },
  ];
  @Global()
  @Module({
    imports: [CqrsModule.forRoot()],
    providers: globals,
    exports: [CqrsModule, ...globals.map(({ provide }) => provide)],
  })
  class Globals {}
  const module = await Test.createTestingModule({
    imports: [Globals, context.module],
    providers: [
      { provide: APP_GUARD, useClass: Guard },
      { provide: APP_PIPE, useValue: pipe },
      { provide: APP_FILTER, useClass: Problems },
    ],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
    logger: false,
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
};
