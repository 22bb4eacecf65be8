import { timingSafeEqual } from 'node:crypto';
import { Body, Controller, Headers, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { z } from 'zod';
import { DomainError } from '#kernel';
import { Requires } from '#access';
import { LearnerIdentity } from '#contracts';
import { VAULT_SERVICE, type VaultService } from './vault-token.js';

const Text = z.string().max(512);
const Version = z.int().positive();
const BATCH_MAX = 5_000;
const Texts = z.array(Text).max(BATCH_MAX);
const Moment = z.int();
const Scoped = z.object({
  provider: Text,
  identity: LearnerIdentity,
  at: Moment.optional(),
});
const HandoverBody = z.object({ alias: Text, next: Text, from: Moment });
const Profile = z.object({ givenName: Text, familyName: Text, birthDate: Text.optional() });

/** What the other services of this installation may ask of the vault. Not a public interface. */
@ApiExcludeController()
@Controller('vault')
@Requires('call-vault')
export class VaultController {
  constructor(@Inject(VAULT_SERVICE) private readonly service: VaultService) {}

  @Post(':method')
  @HttpCode(200)
  async call(
    @Param('method') method: string,
    @Headers('authorization') authorization: string | undefined,
    @Body() body: unknown,
  ): Promise<{ result: unknown }> {
    this.#admit(authorization);
    return { result: (await this.#dispatch(method, body)) ?? null };
  }

  #admit(authorization = ''): void {
    const given = Buffer.from(authorization);
    const expected = Buffer.from(`Bearer ${this.service.token}`);
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new DomainError('not-signed-in');
  }

  async #dispatch(method: string, body: unknown): Promise<unknown> {
    const { store } = this.service;
    switch (method) {
      case 'aliasesFor':
        return store.aliasesFor(...z.tuple([z.array(Scoped).max(BATCH_MAX)]).parse(body));
      case 'knownAlias':
        return store.knownAlias(...z.tuple([Scoped]).parse(body));
      case 'handOver':
        return store.handOver(...z.tuple([HandoverBody]).parse(body));
      case 'merge':
        return store.merge(...z.tuple([Text, Text, Version]).parse(body));
      case 'split':
        return store.split(...z.tuple([Text, Version]).parse(body));
      case 'samePerson':
        return store.samePerson(...z.tuple([Text]).parse(body));
      case 'createPerson':
        return store.createPerson(...z.tuple([Text]).parse(body));
      case 'aliasesOf':
        return store.aliasesOf(...z.tuple([Text]).parse(body));
      case 'personsOf':
        return store.personsOf(...z.tuple([Texts]).parse(body));
      case 'providersOf':
        return store.providersOf(...z.tuple([Texts]).parse(body));
      case 'link':
        return store.link(...z.tuple([Text, Text, Version]).parse(body));
      case 'unlink':
        return store.unlink(...z.tuple([Text, Version]).parse(body));
      case 'dataKeys': {
        const keys = await store.dataKeys(...z.tuple([Texts]).parse(body));
        return keys.map(
          (found) =>
            found && {
              key: Buffer.from(found.bytes).toString('base64url'),
              from: found.from,
              until: found.until,
            },
        );
      }
      case 'putProfile':
        return store.putProfile(...z.tuple([Text, Profile]).parse(body));
      case 'profile':
        return store.profile(...z.tuple([Text]).parse(body));
      case 'destroy':
        return store.destroy(...z.tuple([Text]).parse(body));
      default:
        throw new DomainError('not-found');
    }
  }
}
