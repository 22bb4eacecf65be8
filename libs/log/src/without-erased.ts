import type { Message } from '#contracts';
import type { Vault } from '#vault';

/** The messages without those of learners whose key is gone: they are as if they never were. */
export const withoutErased = async (
  vault: Vault,
  batch: readonly Message[],
): Promise<readonly Message[]> => {
  const aliases = [...new Set(batch.flatMap(({ alias }) => alias ?? []))];
  const areErased = await vault.areErased(aliases);
  const erased = new Set(aliases.filter((_, n) => areErased[n]));
  return batch.filter(
    ({ alias, kind }) => kind === 'learner-erased' || alias === undefined || !erased.has(alias),
  );
};
