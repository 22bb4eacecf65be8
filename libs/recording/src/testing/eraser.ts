import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '#kernel';
import type { LearnerIdentity } from '#contracts';
import type { RunningRecorder } from './running-recorder.js';
import { client } from './samples.js';

const CATCH_UP_MS = 20_000;

/** Somebody who claims accounts, and has everything erased. */
export class Eraser {
  constructor(private readonly recorder: () => RunningRecorder) {}

  /** A learner who has claimed these accounts of a provider. Out: the person and the aliases. */
  async claim(
    identities: readonly LearnerIdentity[],
    provider = client.id,
  ): Promise<{ readonly person: string; readonly aliases: readonly string[] }> {
    const { vault } = this.recorder().service.foundation;
    const person = newId('per');
    await vault.createPerson(person);
    const scoped = identities.map((identity) => ({ provider, identity }));
    for (const alias of await vault.aliasesFor(scoped)) await vault.link(person, alias, 1);
    return { person, aliases: await vault.aliasesOf(person) };
  }

  /** Erases a person; `before` is done between what the log is told and the end of the keys. */
  async erase(
    { person, aliases }: Awaited<ReturnType<Eraser['claim']>>,
    before: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<void> {
    const { vault, journal, db } = this.recorder().service.foundation;
    const [entry] = await journal.append([
      { kind: 'learner-erased', data: { person, aliases: [...aliases] } },
    ]);
    await before();
    await vault.destroy(person);
    const deadline = Date.now() + CATCH_UP_MS;
    const heard = async (): Promise<number> => {
      const text = 'select client from recording.erasure where entry = $1';
      return (await db.query<object[]>(text, [entry?.id])).length;
    };
    while ((await heard()) === 0) {
      if (Date.now() > deadline) throw new Error('the erasure was never heard of');
      await sleep(20);
    }
  }
}
