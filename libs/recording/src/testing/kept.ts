import { Eraser } from './eraser.js';
import { usingImporter } from './importer.js';
import type { StartService } from './running-recorder.js';
import { client } from './samples.js';

/** What a learner is known by at the client: the name of an account there. */
export const accountOf = (name: string) => ({ account: { homePage: client.homePage, name } });

/**
 * Two desks where something of learners is kept, and somebody who has learners erased, for all
 * tests of a file.
 */
export const usingKept = (startService: StartService) => {
  const importer = usingImporter(startService);
  return {
    ...importer,
    eraser: new Eraser(importer.recorder),
    /** How many aliases there are, of whichever client. */
    aliases: async (): Promise<number> =>
      (await importer.query<{ count: number }>('select count(*)::int as count from vault.alias'))[0]
        ?.count ?? -1,
  };
};
