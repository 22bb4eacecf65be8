import { Body, Controller, Delete, Get, HttpCode, Inject, Put } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DomainError } from '#kernel';
import { Profile } from '#contracts';
import { type Actor, CurrentActor, Requires } from '#access';
import { Journal } from '#log';
import { Vault } from '#vault';
import { OneAtATime } from './one-at-a-time.js';
import { People } from './people.js';

@ApiTags('learner')
@Controller('v1/me')
export class OwnDataController {
  constructor(
    private readonly people: People,
    private readonly oneAtATime: OneAtATime,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Journal) private readonly journal: Journal,
  ) {}

  @Put('profile')
  @HttpCode(204)
  @Requires('edit-own-profile')
  @ApiOperation({ summary: 'Your name, kept in the vault only; a transcript needs it' })
  @ApiResponse({ status: 204 })
  put(@Body({ schema: Profile }) profile: Profile, @CurrentActor() actor: Actor): Promise<void> {
    return this.vault.putProfile(actor.id, profile);
  }

  @Get('profile')
  @Requires('edit-own-profile')
  @ApiOperation({ summary: 'Your name, as you gave it' })
  @ApiResponse({ status: 200, standardSchema: Profile })
  async get(@CurrentActor() actor: Actor): Promise<object> {
    const profile = await this.vault.profile(actor.id);
    if (!profile) throw new DomainError('not-found');
    return profile;
  }

  /**
   * Says so in the log first, then destroys the keys: after a crash in between, the projection
   * that reads the log destroys them. Whoever was merged with this person is the same, and goes too,
   * with an entry of their own: who is merged later, as the log has it, is not in it and stays.
   */
  @Delete()
  @HttpCode(204)
  @Requires('erase-oneself')
  @ApiOperation({ summary: 'Erase yourself: your keys are destroyed. This cannot be undone' })
  @ApiResponse({ status: 204 })
  erase(@CurrentActor() { id }: Actor): Promise<void> {
    return this.oneAtATime.do(() => this.#erase(id));
  }

  async #erase(id: string): Promise<void> {
    const aliases = await this.vault.aliasesOf(id);
    if (aliases.length === 0) return;
    const persons = await this.people.oneWith(id);
    await this.journal.append(
      persons.map((person, n) => ({
        kind: 'learner-erased',
        data: { person, aliases: n === 0 ? [...aliases] : [] },
      })),
    );
    for (const person of persons) await this.vault.destroy(person);
  }
}
