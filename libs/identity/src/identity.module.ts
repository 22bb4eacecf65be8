import { type DynamicModule, Module } from '@nestjs/common';
import { type Context, deciderHandler } from '#log';
import { AccountsController } from './accounts.controller.js';
import { AdministrationController } from './administration.controller.js';
import { AliasDecisions } from './alias-decisions.js';
import { Assertions } from './assertions.js';
import { Challenges } from './challenges.js';
import { Claims } from './claims.js';
import { ClaimsController } from './claims.controller.js';
import { ToAlias, ToClient, ToCorrector, ToMerge } from './commands.js';
import { CorrectorsController } from './correctors.controller.js';
import { DemoController } from './demo.controller.js';
import { DidProofs } from './did-proofs.js';
import { aliasDecider } from './domain/alias.js';
import { clientDecider } from './domain/client.js';
import { correctorDecider } from './domain/corrector.js';
import { mergeDecider } from './domain/merge.js';
import { IdentityProjection } from './identity.projection.js';
import { MergesController } from './merges.controller.js';
import { Merges } from './merges.js';
import {
  AddClaimVersion1764100000200,
  AddCorrectors1764400050000,
  AddMerges1764200002100,
  CreateIdentity1764000001000,
} from './migrations.js';
import { OneAtATime } from './one-at-a-time.js';
import { OwnDataController } from './own-data.controller.js';
import { People } from './people.js';
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
        AccountsController,
        CorrectorsController,
        ClaimsController,
        MergesController,
        OwnDataController,
        ...(demo ? [DemoController] : []),
      ],
      providers: [
        Sessions,
        TryLimit,
        Claims,
        People,
        OneAtATime,
        AliasDecisions,
        Challenges,
        Assertions,
        DidProofs,
        Merges,
        IdentityProjection,
        deciderHandler('client', ToClient, clientDecider),
        deciderHandler('corrector', ToCorrector, correctorDecider),
        deciderHandler('alias', ToAlias, aliasDecider),
        deciderHandler('merge', ToMerge, mergeDecider),
      ],
    };
  }
}

/** Who is who: clients, people, sign-in, claims, profile, erasure. */
export const identity = ({ demo }: { readonly demo: boolean }): Context => ({
  module: IdentityModule.with(demo),
  migrations: [
    CreateIdentity1764000001000,
    AddClaimVersion1764100000200,
    AddMerges1764200002100,
    AddCorrectors1764400050000,
  ],
});
