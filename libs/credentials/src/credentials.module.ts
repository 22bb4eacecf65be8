import { Module } from '@nestjs/common';
import { deciderHandler } from '#log';
import { ToCredential, ToIssuer } from './commands.js';
import { CredentialIssuer } from './credential-issuer.js';
import { credential } from './domain/credential.js';
import { issuer } from './domain/issuer.js';
import { IssuedProjection } from './issued.projection.js';
import { IssuedStore } from './issued-store.js';
import { IssuerKeys } from './issuer-keys.js';
import { IssuingProjection } from './issuing.projection.js';
import { ManageController } from './manage.controller.js';
import { PublishController } from './publish.controller.js';
import { RegistrationProjection } from './registration.projection.js';
import { StatusAllocation } from './status-allocation.js';
import { StatusLists } from './status-lists.js';

@Module({
  controllers: [PublishController, ManageController],
  providers: [
    IssuerKeys,
    StatusAllocation,
    StatusLists,
    CredentialIssuer,
    IssuedStore,
    RegistrationProjection,
    IssuingProjection,
    IssuedProjection,
    deciderHandler('issuer', ToIssuer, issuer),
    deciderHandler('credential', ToCredential, credential),
  ],
})
export class CredentialsModule {}
