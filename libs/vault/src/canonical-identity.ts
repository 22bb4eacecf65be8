import type { LearnerIdentity } from '#contracts';

/** One text per identity; the parts cannot run into each other. */
export const canonical = (identity: LearnerIdentity): readonly string[] => {
  if ('account' in identity) return ['account', identity.account.homePage, identity.account.name];
  if ('did' in identity) return ['did', identity.did];
  if ('mailHash' in identity) return ['mailHash', identity.mailHash];
  return ['alias', identity.alias];
};
