import { expect, it } from '@jest/globals';
import { describeWithStandards, standards } from '#testing';
import { itemsOf, refused } from '../../testing/badges.js';

describeWithStandards('the samples of 1EdTech', () => {
  const sample = (path: string): unknown =>
    path.endsWith('.jwt') ? [standards(path).trim()] : JSON.parse(standards(path));

  it.each([
    ['openbadges-3.0/simple.json', 1],
    ['openbadges-3.0/simple-multiple-proofs.json', 1],
    ['openbadges-3.0/simple-did-web-method.json', 1],
    ['clr-2.0/simple.json', 1],
    ['clr-2.0/simple.jwt', 1],
  ])('%s is evidence', async (path, count) => {
    const events = (await itemsOf(sample(path))).filter(({ is }) => is === 'event');
    expect(events).toHaveLength(count);
    expect(events).toMatchObject(
      Array.from({ length: count }, () => ({
        report: { data: { assurance: { level: 'self-asserted' } } },
      })),
    );
  });

  it.each([
    ['openbadges-3.0/simple-noproof.json', /vocabulary/u],
    ['openbadges-3.0/simple.jwt', /neither in it nor published/u],
    ['openbadges-3.0/derivedcredential.json', /a way that is not read/u],
    ['openbadges-3.0/endorsement-valid.json', /Neither/u],
    ['clr-2.0/simple-noproof.json', /vocabulary/u],
    ['clr-2.0/complex.json', /vocabulary/u],
  ])('%s is refused', async (path, detail) => {
    const items = await itemsOf(sample(path));
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) expect(item).toMatchObject(refused(detail));
  });
});
