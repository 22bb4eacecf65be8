import { describe, it } from '@jest/globals';

/**
 * A describe for suites that need something the machine may lack. Without it they are skipped, and
 * the reason is printed; where CI=true they fail, as nobody would read that.
 */
export const describeIf = (missing: string | undefined, name: string, suite: () => void): void => {
  if (missing === undefined) {
    describe(name, suite);
    return;
  }
  if (process.env['CI'] === 'true') {
    it(name, () => {
      throw new Error(missing);
    });
    return;
  }
  process.stderr.write(`${name}: skipped. ${missing}\n`);
  describe.skip(name, suite);
};
