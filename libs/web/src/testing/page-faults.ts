/**
 * What is wrong with a page as markup, beyond what a schema of HTML would say: the rules that make
 * it usable with a keyboard, a screen reader and no scripts. Empty for a good page.
 */
export const pageFaults = (html: string): readonly string[] => {
  const all = (pattern: RegExp): string[] =>
    [...html.matchAll(pattern)].map(([, value = '']) => value);
  const ids = all(/\sid="([^"]*)"/gu);
  const known = new Set(ids);
  const faults: string[] = [];
  const complain = (isFault: boolean, words: string) => {
    if (isFault) faults.push(words);
  };

  complain(all(/(<h1[ >])/gu).length !== 1, 'there is not exactly one h1');
  complain(all(/(<main[ >])/gu).length !== 1, 'there is not exactly one main landmark');
  complain(!/<html lang="[a-z-]+" dir="(?:ltr|rtl)"/u.test(html), 'no language or direction');
  complain(all(/(<script(?! defer="" src="\/assets\/))/gu).length > 0, 'there is a script');
  complain(all(/(\sstyle=)/gu).length > 0, 'there is an inline style, which the CSP blocks');
  for (const id of ids)
    complain(ids.filter((other) => other === id).length > 1, `the id ${id} is used twice`);
  for (const name of ['for', 'aria-labelledby', 'aria-describedby'])
    for (const value of all(new RegExp(`\\s${name}="([^"]*)"`, 'gu')))
      for (const id of value.split(' '))
        complain(!known.has(id), `${name} names ${id}, which is not there`);
  for (const id of all(/href="#([^"]*)"/gu))
    complain(!known.has(id), `a link leads to #${id}, which is not there`);
  for (const input of all(/(<(?:input|textarea|select)[^>]*>)/gu)) {
    if (input.includes('type="hidden"')) continue;
    const id = /\sid="([^"]*)"/u.exec(input)?.[1] ?? '';
    complain(!html.includes(`for="${id}"`), `${input} has no label`);
  }
  const levels = all(/<h([1-6])[ >]/gu).map(Number);
  for (const [index, level] of levels.entries()) {
    const before = levels[index - 1] ?? level;
    const isSummary = index === 0 && level === 2;
    complain(!isSummary && level - before > 1, `h${level} follows h${before}`);
  }
  return faults;
};
