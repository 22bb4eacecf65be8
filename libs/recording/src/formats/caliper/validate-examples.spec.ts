import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '#kernel';
import { describeWithStandards } from '#testing';
import { breakages, nodesOf } from '../../testing/caliper-breakages.js';
import { filesIn, issuesOf, pointers, read } from '../../testing/caliper-examples.js';
import { validateCaliper } from './validate.js';
import { parseWritten } from './written.js';

describeWithStandards('validateCaliper, with the examples of 1EdTech', () => {
  it('has them all', () => {
    expect(filesIn('fixtures')).toHaveLength(145);
    expect(filesIn('error-fixtures').length).toBeGreaterThanOrEqual(140);
  });

  it.each(filesIn('fixtures'))('accepts %s', (name) => {
    expect(issuesOf(read('fixtures', name))).toEqual([]);
  });

  it.each(filesIn('fixtures'))('accepts %s from a writer that cannot write 12.0', (name) => {
    expect(issuesOf(JSON.stringify(JSON.parse(read('fixtures', name))))).toEqual([]);
  });

  it.each(filesIn('error-fixtures').filter((name) => !name.includes('BadJson')))(
    'refuses %s and says where',
    (name) => {
      const issues = issuesOf(read('error-fixtures', name));
      expect(issues).not.toEqual([]);
      // Most of the files are named for the property that is wrong.
      const property = /-(?:Malformed|No|Null|Wrong|Unknown)(?<name>[A-Z][a-z]+)/u.exec(name);
      const first = property?.groups?.['name']?.toLowerCase() ?? '';
      const places = pointers(issues).join(' ').toLowerCase();
      if (!/event$|other|modified|annotation/u.test(first)) expect(places).toContain(first);
    },
  );

  it('points at the whole body where it is not JSON', () => {
    const text = read('error-fixtures', 'caliperEntity-BadJson.json');
    expect(() => parseWritten(text)).toThrow(DomainError);
    expect(() => parseWritten(text)).toThrow(
      expect.objectContaining({
        code: 'malformed-json',
        issues: [{ pointer: '#', detail: 'Not JSON.' }],
      }),
    );
  });

  it.each(filesIn('fixtures').filter((name) => !name.includes('EndpointConfig')))(
    'refuses %s with any one thing in it broken, says where, and repeats none of it',
    (name) => {
      const text = read('fixtures', name);
      let broken = 0;
      for (const { pointer, document } of breakages(JSON.parse(text))) {
        const issues = validateCaliper(document);
        if (!issues.some((issue) => issue.pointer.startsWith(pointer)))
          throw new Error(`${pointer} was broken, said was ${JSON.stringify(issues)}`);
        expect(JSON.stringify(issues)).not.toContain('canary');
        broken++;
      }
      expect(broken).toBeGreaterThan(2);
    },
  );

  it('never throws, whatever stands anywhere in a document', () => {
    const documents = filesIn('fixtures').map(
      (name) => JSON.parse(read('fixtures', name)) as object,
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...documents),
        fc.nat(),
        fc.oneof(fc.jsonValue(), fc.constantFrom('__proto__', 'constructor', [], {})),
        (document, at, value) => {
          const copy = structuredClone(document);
          const nodes = nodesOf(copy);
          const node = nodes[at % nodes.length];
          if (node) node.parent[node.name] = value;
          for (const { pointer, detail } of validateCaliper(copy)) {
            expect(pointer).toMatch(/^#/u);
            expect(detail).not.toBe('');
          }
        },
      ),
    );
  });
});
