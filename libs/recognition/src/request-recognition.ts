import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DataSource } from 'typeorm';
import { Clock, DomainError } from '#kernel';
import type { RecognitionRequest } from '#contracts';
import { Vault } from '#vault';
import { CaseCredentials } from './case-credentials.js';
import { CaseIds } from './case-id.js';
import { ToCase } from './commands.js';

/** A learner asks an institution to recognise credentials of theirs. */
@Injectable()
export class RequestRecognition {
  constructor(
    private readonly commands: CommandBus,
    private readonly db: DataSource,
    private readonly vault: Vault,
    private readonly clock: Clock,
    private readonly credentials: CaseCredentials,
    private readonly ids: CaseIds,
  ) {}

  /**
   * Answers the id of the case. Throws DomainError `institution-unknown`, `credential-not-yours`
   * (with a pointer to each), `idempotency-key-reused`.
   */
  async ask(
    person: string,
    request: RecognitionRequest,
    idempotencyKey: string | undefined,
  ): Promise<string> {
    const { institution, credentialIds, purpose } = request;
    await this.#mustRecognise(institution);
    const aliases = await this.vault.aliasesOf(person);
    await this.#mustHold(aliases, credentialIds);
    const caseId = this.ids.next(person, idempotencyKey);
    await this.commands.execute(
      new ToCase({
        id: caseId,
        alias: aliases[0],
        command: {
          type: 'request',
          caseId,
          institution,
          credentialIds,
          purpose,
          requestedAt: this.clock.now().toISOString(),
        },
      }),
    );
    return caseId;
  }

  async #mustRecognise(institution: string): Promise<void> {
    const found = await this.db.query<unknown[]>(
      'select from recognition.institution where id = $1 and recognises',
      [institution],
    );
    if (found.length === 0)
      throw new DomainError('institution-unknown', undefined, [
        { pointer: '#/institution', detail: 'Not one of the recognising institutions.' },
      ]);
  }

  async #mustHold(aliases: readonly string[], credentialIds: readonly string[]): Promise<void> {
    const held = await this.credentials.heldBy(aliases, credentialIds);
    const foreign = credentialIds.flatMap((id, n) =>
      held.has(id) ? [] : [{ pointer: `#/credentialIds/${n}`, detail: 'Not in your wallet.' }],
    );
    if (foreign.length > 0) throw new DomainError('credential-not-yours', undefined, foreign);
  }
}
