import { usingIdentity } from './using-identity.js';

export const ADA = 'learner:per_ada';
export const ADA2 = 'learner:per_ada2';
export const BEN = 'learner:per_ben';
export const PEOPLE = ['per_ada', 'per_ada2', 'per_ben'];

export const accountOf = (name: string) => ({
  account: { homePage: 'https://uni.example', name },
});

/** Ada, who signed up twice, and Ben: what they ask for to be one person, and to part. */
export const usingMerges = () => {
  const world = usingIdentity(...PEOPLE);
  const code = async (who: string): Promise<string> =>
    (await world().ask(who, 'POST', '/v1/me/merge-codes')).json['code'];
  const enter = (who: string, given: string) =>
    world().ask(who, 'POST', '/v1/me/merges', { code: given });
  const mergesOf = async (who: string): Promise<readonly { readonly id: string }[]> =>
    (await world().ask(who, 'GET', '/v1/me/merges')).json['data'];
  return {
    world,
    code,
    enter,
    merge: async (into: string, other: string) => enter(into, await code(other)),
    mergesOf,
    split: async (who: string, id?: string) =>
      world().ask(who, 'DELETE', `/v1/me/merges/${id ?? (await mergesOf(who))[0]?.id}`),
    claimsOf: async (who: string) =>
      (await world().ask(who, 'GET', '/v1/me/claims')).json['data'] as readonly {
        readonly id: string;
        readonly state: string;
      }[],
    same: (person: string) => world().vault.samePerson(person),
  };
};
