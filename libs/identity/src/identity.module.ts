import { type DynamicModule, Module } from '@nestjs/common';
import { type Context, deciderHandler } from '#log';
import { AdministrationController } from './administration.controller.js';
import { Claims } from './claims.js';
import { ClaimsController } from './claims.controller.js';
import { ToAlias, ToClient } from './commands.js';
import { DemoController } from './demo.controller.js';
import { aliasDecider } from './domain/alias.js';
import { clientDecider } from './domain/client.js';
import { IdentityProjection } from './identity.projection.js';
import { AddClaimVersion1764100000200, CreateIdentity1764000001000 } from './migrations.js';
import { OwnDataController } from './own-data.controller.js';
import { Sessions } from './sessions.js';
import { SignInController } from './sign-in.controller.js';
import { TryLimit } from './try-limit.js';

@Module({})
class IdentityModule {
  static with(demo: boolean): DynamicModule {
    return {
      module: IdentityModule,
      controllers: [
        SignInController,
        AdministrationController,
        ClaimsController,
        OwnDataController,
        ...(demo ? [DemoController] : []),
      ],
      providers: [
        Sessions,
        TryLimit,
        Claims,
        IdentityProjection,
        deciderHandler('client', ToClient, clientDecider),
        deciderHandler('alias', ToAlias, aliasDecider),
      ],
    };
  }
}

/** Who is who: clients, people, sign-in, claims, profile, erasure. */
export const identity = ({ demo }: { readonly demo: boolean }): Context => ({
  module: IdentityModule.with(demo),
  migrations: [CreateIdentity1764000001000, AddClaimVersion1764100000200],
});
