import { describe, expect, it } from '@jest/globals';
import type { ImportField } from '#contracts';
import { fieldByName } from './column-names.js';
import { fieldsOf } from './columns.js';
import { missingIn, proposed } from './mapping.js';

describe('columns', () => {
  it.each<[string, ImportField | undefined]>([
    ['Student ID', 'learner'],
    ['MATRIKELNUMMER', 'learner'],
    ['  e-mail  ', 'email'],
    ['Prüfungsdatum', 'date'],
    ['Título', 'title'],
    ['课程名称', 'title'],
    ['学号', 'learner'],
    ['дата окончания', 'date'],
    ['التاريخ', 'date'],
    ['Points (max. 20)', 'score'],
    ['Nom', 'ignore'],
    ['Foo', undefined],
  ])('%s is %s', (name, field) => {
    expect(fieldByName(name)).toBe(field);
  });

  it('are matched by what stands in them where the name says nothing', () => {
    const columns = [
      { name: 'c1', samples: ['a-1', 'a-2', 'a-3'] },
      { name: 'c2', samples: ['Nursing basics', 'Nursing basics', ''] },
      { name: 'c3', samples: ['1.2.2026', '13.2.2026'] },
      { name: 'c4', samples: ['bestanden', 'nicht bestanden'] },
      { name: 'c5', samples: ['7', '8'] },
    ];
    expect(fieldsOf(columns)).toEqual(['learner', 'title', 'date', 'verb', 'ignore']);
    const mails = [{ name: 'x', samples: ['a@b.example', 'c@d.example'] }];
    expect(fieldsOf(mails)).toEqual(['email']);
  });

  it('have a meaning once: the second of a kind is left to the person', () => {
    const columns = [
      { name: 'Date', samples: [] },
      { name: 'Day', samples: [] },
      { name: 'Student', samples: [] },
    ];
    expect(fieldsOf(columns)).toEqual(['date', 'ignore', 'learner']);
  });

  it('are proposed with what only the sheet tells', () => {
    const columns = [
      { name: 'Student', samples: ['1'] },
      { name: 'Kurs', samples: ['A'] },
      { name: 'Datum', samples: ['3.4.2026'] },
      { name: 'Punkte', samples: ['1,5'] },
    ];
    const mapping = proposed(columns, ';');
    expect(mapping).toMatchObject({ verb: 'participated', decimal: ',', dateOrder: 'dmy' });
    expect(missingIn(mapping)).toEqual([]);
    expect(missingIn({ columns: [] })).toEqual(['learner', 'title', 'date', 'verb']);
  });
});
