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
import { Clock, DomainError, PublicUrl } from '#kernel';
import { problemOf, type Role } from '#contracts';
import { type Actor, authorise, PERMISSION, type Permission, Tokens } from '#access';
import { Journal } from '#log';
import { Vault } from '#vault';
import { WalletModule } from '../wallet.module.js';

/** A token is `role:id`. */
class PlainTokens extends Tokens {
  verify(token: string): Promise<Actor> {
    const [role, id] = token.split(':');
    if (!id) return Promise.reject(new DomainError('not-signed-in'));
    return Promise.resolve({ id, role: role as Role });
  }
}

class Guard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const permission = new Reflector().get<Permission>(PERMISSION, context.getHandler());
    const request = context.switchToHttp().getRequest();
    request.actor = await authorise(new PlainTokens(), request.headers.authorization, permission);
    return true;
  }
}

@Catch(DomainError)
class Problems implements ExceptionFilter {
  catch({ code, detail, issues }: DomainError, host: ArgumentsHost): void {
    const problem = problemOf(code, detail, issues);
    void host.switchToHttp().getResponse<FastifyReply>().status(problem.status).send(problem);
  }
}

export interface Parts {
  readonly dataSource: DataSource;
  readonly vault: Vault;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** The wallet behind HTTP, with the real permissions and schemas, on the given parts. */
export const serve = async (parts: Parts): Promise<NestFastifyApplication> => {
  const globals = [
    { provide: DataSource, useValue: parts.dataSource },
    { provide: Vault, useValue: parts.vault },
    { provide: Journal, useValue: parts.journal },
    { provide: Clock, useValue: parts.clock },
    { provide: PublicUrl, useValue: new PublicUrl('https://ledger.example') },
  ];
  @Global()
  @Module({ providers: globals, exports: globals })
  class Globals {}
  const module = await Test.createTestingModule({
    imports: [CqrsModule.forRoot(), Globals, WalletModule],
    providers: [
      { provide: APP_GUARD, useClass: Guard },
      {
        provide: APP_PIPE,
        useValue: new StandardSchemaValidationPipe({
          exceptionFactory: () => new DomainError('invalid-input'),
        }),
      },
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
