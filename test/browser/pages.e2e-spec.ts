import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import puppeteer, { type Browser, type ElementHandle, type Page } from 'puppeteer-core';
import { createEmptyDatabase } from '../journey/database.js';
import { freePort, LedgerProcess } from '../processes/ledger-process.js';

const CHROMIUM = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== '' && existsSync(path));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A page and who is signed in when it is opened. */
const PAGES: readonly (readonly [persona: string, path: string])[] = [
  ['', '/'],
  ['', '/check'],
  ['learner', '/wallet'],
  ['learner', '/wallet/claim'],
  ['learner', '/wallet/report'],
  ['learner', '/wallet/shares'],
  ['learner', '/wallet/recognition'],
  ['learner', '/wallet/profile'],
  ['learner', '/wallet/profile/merge'],
  ['library', '/provider'],
  ['library', '/provider/imports'],
  ['mooc', '/provider/deliveries'],
  ['second-university', '/cases'],
  ['', '/nowhere'],
];

interface Shown {
  readonly innerText: string;
}

const run = (): void => {
  let ledger: LedgerProcess;
  let browser: Browser;

  beforeAll(async () => {
    const port = await freePort();
    ledger = new LedgerProcess('apps/all-in-one/src/main.js', `http://localhost:${port}`, {
      PORT: String(port),
      DATABASE_URL: await createEmptyDatabase(),
      DATA_DIR: mkdtempSync(join(tmpdir(), 'ledger-browser-')),
      DEMO: '1',
    });
    ledger.start();
    browser = await puppeteer.launch({
      executablePath: CHROMIUM ?? '',
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
    await ledger.printed('Stop with Ctrl+C');
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await ledger?.stop();
  }, 30_000);

  /** A fresh browser profile, signed in, with JavaScript off as for the poorest of phones. */
  const openAs = async (persona: string, path: string, width = 1280): Promise<Page> => {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport({ width, height: 900 });
    await page.setJavaScriptEnabled(false);
    if (persona) await page.goto(`${ledger.url}/demo/sign-in/${persona}`);
    await page.goto(`${ledger.url}${path}`);
    return page;
  };
  const close = (page: Page): Promise<void> => page.browserContext().close();

  const violations = async (page: Page): Promise<readonly string[]> => {
    await page.setJavaScriptEnabled(true);
    await page.setBypassCSP(true);
    await page.reload();
    await page.evaluate(axe);
    return page.evaluate(async () => {
      const { axe: checker } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { target: unknown[] }[] }[] }> };
      };
      const result = await checker.run();
      return result.violations.map(
        ({ id, nodes }) => `${id}: ${JSON.stringify(nodes.map(({ target }) => target))}`,
      );
    });
  };

  const isWide = (page: Page): Promise<boolean> =>
    page.evaluate(() => {
      const { documentElement } = (
        globalThis as unknown as {
          document: { documentElement: { scrollWidth: number; clientWidth: number } };
        }
      ).document;
      return documentElement.scrollWidth > documentElement.clientWidth;
    });

  /** What Tab reaches, in order. */
  const tabStops = async (page: Page): Promise<readonly string[]> => {
    const stops: string[] = [];
    for (let n = 0; n < 60; n += 1) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(() => {
        const { activeElement } = (
          globalThis as unknown as {
            document: {
              activeElement: {
                tagName: string;
                textContent: string;
                getAttribute(name: string): string | null;
              } | null;
            };
          }
        ).document;
        return activeElement && activeElement.tagName !== 'BODY'
          ? `${activeElement.tagName} ${activeElement.getAttribute('name') ?? activeElement.textContent.trim().slice(0, 40)}`
          : '';
      });
      if (stop === '') break;
      stops.push(stop);
    }
    return stops;
  };

  it.each(PAGES)(
    '%s %s has no axe violation, and fits into 320 px',
    async (persona, path) => {
      const page = await openAs(persona, path);
      expect(await violations(page)).toEqual([]);
      await close(page);
      const narrow = await openAs(persona, path, 320);
      await narrow.setJavaScriptEnabled(true);
      expect(await isWide(narrow)).toBe(false);
      await close(narrow);
    },
    60_000,
  );

  it('shows the case of a learner to the officer, who decides by keyboard alone', async () => {
    const page = await openAs('second-university', '/cases');
    const link = await page.$$eval('main a[href^="/cases/"]', (links) =>
      links.map((a) => a.getAttribute('href')),
    );
    expect(link.length).toBeGreaterThan(0);
    await page.goto(`${ledger.url}${link[0]}`);
    expect(await violations(page)).toEqual([]);
    const stops = await tabStops(page);
    expect(stops[0]).toMatch(/^A /u);
    expect(
      stops.filter((stop) => /^(?:INPUT|TEXTAREA|SELECT) /u.test(stop)).length,
    ).toBeGreaterThan(10);
    expect(stops.at(-1)).toBeDefined();
    await close(page);
    const narrow = await openAs('second-university', link[0] ?? '', 320);
    await narrow.setJavaScriptEnabled(true);
    expect(await isWide(narrow)).toBe(false);
    await close(narrow);
  }, 60_000);

  it('lets a librarian record by form, hand out a code, and see the receipt', async () => {
    const send = async (form: string, fill: Readonly<Record<string, string>>): Promise<string> => {
      const page = await openAs('library', '/provider');
      for (const [name, value] of Object.entries(fill))
        await page.type(`form[action="${form}"] input[name="${name}"]`, value);
      const [answer] = await Promise.all([
        page.waitForNavigation(),
        page.click(`form[action="${form}"] button`),
      ]);
      const shown = await page.$eval('main', (main) => (main as unknown as Shown).innerText);
      await close(page);
      return `${answer?.status()} ${shown}`;
    };
    const recorded = await send('/provider/events', {
      learner: 'card-299',
      title: 'Evening of poems',
      hours: '2',
    });
    expect(recorded).toMatch(/^20\d /u);
    expect(recorded).toMatch(/evt_[a-z2-7]{26}/u);
    const code = await send('/provider/claim-codes', { account: 'card-204' });
    expect(code).toMatch(/[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}/u);
  }, 60_000);

  /** What is wrong with a page as it stands, and whether it is wider than a small phone. */
  const faultsNow = async (page: Page, name: string): Promise<readonly unknown[]> => {
    await page.setBypassCSP(true);
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
      const { axe: checker } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const { violations: all } = await checker.run();
      return all.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`);
    });
    await picture(page, `${name}-1280`);
    await page.setViewport({ width: 320, height: 900 });
    const wide = await isWide(page);
    await picture(page, `${name}-320`);
    await page.setViewport({ width: 1280, height: 900 });
    return wide ? [...found, 'wider than 320 px'] : found;
  };
  /** Kept where somebody wants to look at them. */
  const picture = async (page: Page, name: string): Promise<void> => {
    const folder = process.env['PICTURES'];
    if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  };
  /** Presses Tab until something with this text or name has the focus. */
  const tabTo = async (page: Page, what: string): Promise<void> => {
    for (let n = 0; n < 80; n += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const { activeElement } = (
          globalThis as unknown as {
            document: {
              activeElement: { textContent: string; getAttribute(name: string): string | null };
            };
          }
        ).document;
        return [activeElement.getAttribute('name'), activeElement.textContent.trim()];
      });
      if (focused.includes(what)) return;
    }
    throw new Error(`Tab does not reach ${what}`);
  };
  const textOf = (page: Page): Promise<string> =>
    page.$eval('main', (main) => (main as unknown as Shown).innerText);
  const pressed = async (page: Page, what: string): Promise<void> => {
    await tabTo(page, what);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  };

  it('lets a librarian record a spreadsheet by keyboard alone, and watch it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ledger-sheets-'));
    const rows = Array.from(
      { length: 60_000 },
      (_, n) => `card-${n % 500};Lesekreis ${n};${(n % 28) + 1}.3.2026;1,5`,
    );
    rows.splice(3, 0, 'card-7;=1+1;31.2.2026;viele');
    writeFileSync(
      join(folder, 'März.csv'),
      `Ausweis;Veranstaltung;Datum;Stunden\r\n${rows.join('\r\n')}`,
    );
    writeFileSync(join(folder, 'scan.pdf'), '%PDF-1.7');
    const page = await openAs('library', '/provider/imports');
    await page.setJavaScriptEnabled(true);
    await page.reload();
    const input = await page.$('input[type=file]');
    await (input as ElementHandle<never>).uploadFile(
      join(folder, 'März.csv'),
      join(folder, 'scan.pdf'),
    );
    await pressed(page, 'Upload and look');
    expect(await textOf(page)).toMatch(/nothing is recorded yet[\s\S]*neither a CSV file nor/u);
    expect(await faultsNow(page, 'preview')).toEqual([]);
    await tabTo(page, 'column-3');
    await page.keyboard.type('Leave');
    await pressed(page, 'Show the first rows again');
    await tabTo(page, 'column-3');
    await page.keyboard.type('Hours');
    await pressed(page, 'Record all rows');
    expect(await textOf(page)).toMatch(/Being recorded[\s\S]* of 60,002 rows/u);
    const before = await page.$eval('#job-line', (line) => (line as unknown as Shown).innerText);
    await page.waitForFunction(
      `document.getElementById('job-line')?.innerText !== ${JSON.stringify(before)}`,
      { timeout: 20_000 },
    );
    expect(await faultsNow(page, 'running')).toEqual([]);
    await page.waitForFunction(`document.querySelector('h1').innerText === 'Recorded'`, {
      timeout: 60_000,
    });
    expect(await textOf(page)).toMatch(/60,000 rows recorded[\s\S]*1 row not recorded/u);
    expect(await faultsNow(page, 'done')).toEqual([]);
    const cookies = (await page.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const file = await fetch(`${page.url().replace(/#.*/u, '')}/refused.csv`, {
      headers: { cookie: cookies },
    });
    expect(await file.text()).toContain(`card-7;'=1+1;31.2.2026;viele;`);
    await close(page);
  }, 120_000);
  it('tells a provider why something was refused, who sends it again by keyboard alone', async () => {
    const desk = await openAs('mooc', '/provider/deliveries');
    const token = (await desk.cookies()).find(({ name }) => name === 'session')?.value;
    const answer = await fetch(`${ledger.url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify([{ specversion: '1.0', id: 'e-1', type: 'x' }, 7]),
    });
    await close(desk);
    const path = `/provider/deliveries/${answer.headers.get('ledger-delivery')}`;
    const page = await openAs('mooc', path);
    expect(await violations(page)).toEqual([]);
    const shown = await page.$eval('main', (main) => (main as unknown as Shown).innerText);
    expect(shown).toContain('Refused');
    expect(shown).toContain('Item 2');
    expect(shown).toContain('#/source');
    const stops = await tabStops(page);
    expect(stops.at(-1)).toBe('BUTTON Send it again');
    await page.reload();
    for (const _ of stops) await page.keyboard.press('Tab');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(page.url()).toMatch(/dlv_[a-z2-7]+\?done=retried$/u);
    await close(page);
    const narrow = await openAs('mooc', path, 320);
    await narrow.setJavaScriptEnabled(true);
    expect(await isWide(narrow)).toBe(false);
    await close(narrow);
  }, 60_000);

  it('checks a credential that is pasted, and one that was changed, with JavaScript off', async () => {
    const wallet = await openAs('learner', '/wallet');
    const token = (await wallet.cookies()).find(({ name }) => name === 'session')?.value;
    const headers = { authorization: `Bearer ${token}` };
    const list = (await (await fetch(`${ledger.url}/v1/me/credentials`, { headers })).json()) as {
      data: { id: string }[];
    };
    const text = await (
      await fetch(`${ledger.url}/v1/me/credentials/${list.data[0]?.id}`, { headers })
    ).text();
    await close(wallet);
    const paste = async (credential: string): Promise<string> => {
      const page = await openAs('', '/check');
      await page.$eval(
        'textarea',
        (area, value) => {
          (area as unknown as { value: string }).value = value;
        },
        credential,
      );
      await Promise.all([page.waitForNavigation(), page.click('main form button')]);
      const shown = await page.$eval(
        'main',
        (main) => (main as unknown as { innerText: string }).innerText,
      );
      expect(await violationsOfCurrent(page)).toEqual([]);
      await close(page);
      return shown;
    };
    const violationsOfCurrent = async (page: Page) => {
      const html = await page.content();
      const copy = await (await browser.createBrowserContext()).newPage();
      await copy.goto(`${ledger.url}/check`);
      await copy.setBypassCSP(true);
      await copy.setContent(html);
      await copy.evaluate(axe);
      const found = await copy.evaluate(async () => {
        const { axe: checker } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string }[] }> };
        };
        return (await checker.run()).violations.map(({ id }) => id);
      });
      await copy.browserContext().close();
      return found;
    };
    expect(await paste(text)).toMatch(/genuine/iu);
    expect(await paste(text.replace(/"description":"./u, '"description":"X'))).toMatch(/changed/iu);
    expect(await paste('{ not json')).toMatch(/\S/u);
  }, 60_000);
};

describe('the pages in a real browser', () => {
  if (CHROMIUM !== undefined) run();
  else if (process.env['CI'] === 'true')
    it('has a browser', () => {
      throw new Error('install chromium, or set CHROMIUM to its path');
    });
  else {
    process.stderr.write('skipped: pages in a browser: install chromium, or set CHROMIUM\n');
    it.skip('install chromium, or set CHROMIUM to its path', () => undefined);
  }
});
