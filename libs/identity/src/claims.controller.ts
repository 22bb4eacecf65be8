import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Clock, DomainError } from '#kernel';
import { Claim, type ClaimByDid, ClaimNonce, ClaimRequest, Claims as ClaimList } from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { Vault } from '#vault';
import { AliasDecisions } from './alias-decisions.js';
import { Assertions } from './assertions.js';
import { Challenges } from './challenges.js';
import { Claims } from './claims.js';
import { normaliseClaimCode, sha256 } from './codes.js';
import { DidProofs } from './did-proofs.js';
import { People, type Persons } from './people.js';
import { Sessions } from './sessions.js';
import { TryLimit } from './try-limit.js';

/** Which accounts are the learner's. */
@ApiTags('identity')
@Controller('v1/me')
export class ClaimsController {
  constructor(
    private readonly db: DataSource,
    private readonly decisions: AliasDecisions,
    private readonly assertions: Assertions,
    private readonly didProofs: DidProofs,
    private readonly challenges: Challenges,
    private readonly sessions: Sessions,
    private readonly people: People,
    private readonly tries: TryLimit,
    private readonly claims: Claims,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Three proofs, and no fourth: that names or mail addresses are alike proves nothing. */
  @Post('claims')
  @Requires('claim-accounts')
  @ApiOperation({
    summary:
      'Claim an account with the code its provider gave you, with a statement it signed, or with the key of your DID',
  })
  @ApiResponse({ status: 201, standardSchema: Claim })
  async claim(
    @Body({ schema: ClaimRequest }) proof: z.infer<typeof ClaimRequest>,
    @CurrentActor() { id }: Actor,
  ): Promise<Claim> {
    this.tries.spend(id);
    if ('code' in proof) return this.#byCode(id, proof.code);
    return 'assertion' in proof ? this.#byAssertion(id, proof.assertion) : this.#byDid(id, proof);
  }

  @Post('claim-nonces')
  @Requires('claim-accounts')
  @ApiOperation({
    summary: 'What your provider, or you with the key of your DID, sign to prove an account yours',
    description: 'What is signed with it is good for you only.',
  })
  @ApiResponse({ status: 201, standardSchema: ClaimNonce })
  async nonce(@CurrentActor() { id }: Actor): Promise<z.infer<typeof ClaimNonce>> {
    const [person] = await this.people.living(id);
    return this.challenges.nonceFor(person);
  }

  @Get('claims')
  @Requires('claim-accounts')
  @ApiOperation({ summary: 'The accounts you have claimed, and those you have given up' })
  @ApiResponse({ status: 200, standardSchema: ClaimList })
  async list(@CurrentActor() { id }: Actor): Promise<z.infer<typeof ClaimList>> {
    return { data: await this.claims.of(await this.people.oneWith(id)) };
  }

  @Delete('claims/:id')
  @HttpCode(204)
  @Requires('claim-accounts')
  @ApiOperation({
    summary: 'Give an account up: it is not yours, or no longer to be',
    description:
      'What was recorded and certified for it leaves your record. Credentials that rest on it are withdrawn and issued anew for whom it belongs to. You can undo this for 30 days.',
  })
  @ApiResponse({ status: 204 })
  async release(@Param('id') id: string, @CurrentActor() actor: Actor): Promise<void> {
    const { persons, alias } = await this.#mine(actor, id);
    const now = this.clock.now().toISOString();
    await this.decisions.decide(alias, undefined, { type: 'release', persons, now });
  }

  @Post('claims/:id/restore')
  @HttpCode(200)
  @Requires('claim-accounts')
  @ApiOperation({ summary: 'Undo giving up an account, unless somebody else has claimed it' })
  @ApiResponse({ status: 200, standardSchema: Claim })
  async restore(@Param('id') id: string, @CurrentActor() actor: Actor): Promise<Claim> {
    const { persons, alias } = await this.#mine(actor, id);
    const now = this.clock.now().toISOString();
    await this.decisions.decide(alias, undefined, { type: 'restore', persons, now });
    return this.#shown(persons, alias);
  }

  /** The code is used up last: after a crash the same learner can use it again, nobody else can. */
  async #byCode(person: string, code: string): Promise<Claim> {
    const hash = sha256(normaliseClaimCode(code));
    const same = await this.people.oneWith(person);
    const [found] = await this.db.query<{ alias: string; provider: string }[]>(
      `select alias, provider from identity.claim_code
       where code_sha256 = $1 and expires_at > $2 and (used_by is null or used_by = any($3))`,
      [hash, this.clock.now(), same],
    );
    if (!found) throw new DomainError('claim-code-invalid');
    const persons = await this.people.living(person);
    await this.decisions.claim(persons, found.alias, found.provider);
    await this.db.query(
      `update identity.claim_code set used_by = $2 where code_sha256 = $1 and used_by is null`,
      [hash, persons[0]],
    );
    return this.#shown(persons, found.alias);
  }

  /** A statement is used up first: after a crash the provider signs another. */
  async #byAssertion(person: string, assertion: string): Promise<Claim> {
    const persons = await this.people.living(person);
    const { provider, learner: identity } = await this.assertions.use(assertion, persons);
    const [alias = ''] = await this.vault.aliasesFor([{ provider, identity }]);
    await this.decisions.claim(persons, alias, provider);
    return this.#shown(persons, alias);
  }

  /** As each provider's accounts are its own, so is what it sends of a DID: one claim for each. */
  async #byDid(person: string, { didProof, provider }: z.infer<typeof ClaimByDid>): Promise<Claim> {
    const persons = await this.people.living(person);
    if (!(await this.sessions.client(provider)))
      throw new DomainError('invalid-input', undefined, [
        { pointer: '#/provider', detail: 'Nobody with this id is registered.' },
      ]);
    const did = await this.didProofs.use(didProof, persons);
    // One that the learner's word alone had made would count as one that the provider knows.
    const [alias] = await this.vault.knownAliases([{ provider, identity: { did } }]);
    if (alias === undefined)
      throw new DomainError('invalid-input', undefined, [
        { pointer: '#/provider', detail: 'It has sent nothing of this DID yet.' },
      ]);
    await this.decisions.claim(persons, alias, provider, 'learner');
    return this.#shown(persons, alias);
  }

  async #mine(
    { id: person }: Actor,
    id: string,
  ): Promise<{ readonly persons: Persons; readonly alias: string }> {
    const persons = await this.people.oneWith(person);
    const alias = await this.claims.aliasOf(persons, id);
    if (alias === undefined) throw new DomainError('not-found');
    return { persons, alias };
  }

  async #shown(persons: Persons, alias: string): Promise<Claim> {
    const [claim] = await this.claims.of(persons, alias);
    if (!claim) throw new DomainError('concurrent-change');
    return claim;
  }
}
