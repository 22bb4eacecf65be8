import type { Person } from './client.js';

/** A credential as its learner sees it. */
export interface Held {
  readonly id: string;
  readonly title: string;
  readonly state: string;
}

/** What stands in somebody's wallet. */
export const credentialsOf = async (person: Person): Promise<readonly Held[]> =>
  (await person.must<{ data: Held[] }>(200, 'get', '/v1/me/credentials')).data;

/** Somebody's credit, of all systems together. */
export const balanceOf = async (person: Person): Promise<number> => {
  const { balances } = await person.must(200, 'get', '/v1/me/credits');
  return balances.reduce((sum: number, { value }: { value: number }) => sum + value, 0);
};
