import { describe, expect, test } from '@jest/globals';
import type { ReactNode } from 'react';
import { filledForm, type FormState } from './form-state.js';
import { CasePage } from './pages/case-page.js';
import { CasesPage } from './pages/cases-page.js';
import { CheckPage, CheckResultPage } from './pages/check-pages.js';
import { ClaimPage } from './pages/claim-page.js';
import { MergeCodePage, MergePage, SplitPage } from './pages/merge-pages.js';
import { CredentialPage } from './pages/credential-page.js';
import { ProblemPage } from './pages/problem-page.js';
import { DeliveriesPage } from './pages/deliveries-page.js';
import { DeliveryPage } from './pages/delivery-page.js';
import { ErasePage, ProfilePage } from './pages/profile-page.js';
import {
  ClaimCodePage,
  ConfirmRevokePage,
  ReceiptPage,
  RevokePage,
} from './pages/provider-answers.js';
import { ProviderPage } from './pages/provider-page.js';
import { RecognitionPage } from './pages/recognition-page.js';
import { ReportPage } from './pages/report-page.js';
import { SharePage } from './pages/share-page.js';
import { SharesPage } from './pages/shares-page.js';
import { SignInPage, SignInWithPage } from './pages/sign-in-pages.js';
import { StartPage } from './pages/start-page.js';
import { WalletPage } from './pages/wallet-page.js';
import { problemOf, type RecognitionCase, type Verification } from '#contracts';
import { renderPage } from './render.js';
import { pageFaults } from './testing/page-faults.js';
import { deliveries, delivery, deliveryDays } from './testing/sample-deliveries.js';
import { people } from './testing/sample-people.js';
import * as provider from './testing/sample-provider.js';
import { decidedCase, openCase } from './testing/sample-recognition.js';
import { changed, genuine, withdrawn } from './testing/sample-verifications.js';
import * as wallet from './testing/sample-wallet.js';
import { english, type Locale, Texts } from './texts.js';

const DAY = '2026-11-25';
const refused = (...fields: readonly string[]): FormState => ({
  values: {},
  problems: fields.map((field) => ({ field, message: `Something about ${field}.` })),
});
const { credentials, credits, shares } = wallet;
const [held] = credentials as [(typeof credentials)[0]];
const [issued] = provider.issued as [(typeof provider.issued)[0]];
const timeline = { data: [...wallet.timeline], nextCursor: 'c2' };
const receipt = {
  eventId: 'evt_1',
  log: 'all',
  seq: 1,
  leafHash: 'ab',
  status: 'recorded',
} as const;
const institutions = [{ id: 'b', name: 'Borealis', country: 'NO', recognises: true }];
const criteria = ['level', 'workload', 'quality', 'profile', 'learningOutcomes'];

const pages: Readonly<Record<string, ReactNode>> = {
  start: <StartPage demo />,
  'start, not a demo': <StartPage demo={false} me={people['officer']} />,
  'sign in': <SignInPage demo={false} />,
  'sign in with a link': <SignInWithPage code="a/b" />,
  check: <CheckPage />,
  'check, refused': <CheckPage state={refused('credential')} />,
  'check result': <CheckResultPage verification={genuine} />,
  'check result, changed': <CheckResultPage verification={changed} />,
  share: <SharePage until="2026-12-24T23:59:59Z" verifications={[genuine, withdrawn]} />,
  wallet: <WalletPage {...{ timeline, credentials, credits }} notice="done.claimed" />,
  'wallet, empty': (
    <WalletPage
      timeline={{ data: [], nextCursor: null }}
      credentials={[]}
      credits={{ balances: [], postings: [] }}
    />
  ),
  credential: <CredentialPage credential={held} verification={genuine} />,
  claim: <ClaimPage claims={[]} state={refused('code')} />,
  report: <ReportPage today={DAY} state={refused('title', 'evidence.0.uri')} />,
  shares: (
    <SharesPage {...{ shares, credentials }} tomorrow={DAY} state={refused('credentialIds')} />
  ),
  'shares, nothing to share': <SharesPage shares={[]} credentials={[]} tomorrow={DAY} />,
  recognition: (
    <RecognitionPage
      cases={[openCase, decidedCase]}
      {...{ institutions, credentials }}
      state={refused('institution', 'credentialIds', 'purpose')}
    />
  ),
  'recognition, empty': <RecognitionPage cases={[]} institutions={[]} credentials={[]} />,
  profile: <ProfilePage hasName state={filledForm({ givenName: ['Amina'] })} />,
  'profile, refused': <ProfilePage hasName={false} state={refused('familyName')} />,
  merge: (
    <MergePage merges={[{ id: 'mrg_a', mergedAt: '2026-11-01T10:00:00Z' }]} notice="done.merged" />
  ),
  'merge, refused': <MergePage merges={[]} state={refused('code')} />,
  'merge code': <MergeCodePage code="ABCD" />,
  split: <SplitPage url="https://ledger.example/sign-in/x" expiresAt="2026-12-09T10:00:00Z" />,
  erase: <ErasePage state={refused('word')} />,
  provider: (
    <ProviderPage
      name="Ring Public Library"
      credentials={provider.issued}
      activities={[
        { id: 'https://a.example/1', achievement: 'Reading Circle' },
        { id: 'https://a.example/2', achievement: 'Statistics', part: '2' },
      ]}
      today={DAY}
      eventForm={refused('learner', 'verb')}
      claimForm={refused('account')}
    />
  ),
  deliveries: (
    <DeliveriesPage deliveries={deliveries} days={deliveryDays} state="refused" area={undefined} />
  ),
  'deliveries, none': (
    <DeliveriesPage
      deliveries={{ data: [], nextCursor: null }}
      days={{ data: [] }}
      state={undefined}
      area="test"
    />
  ),
  delivery: <DeliveryPage delivery={delivery} notice="done.retried" />,
  'delivery, not sent again': (
    <DeliveryPage
      delivery={{ ...delivery, kept: 0, refusals: [] }}
      problems={[{ message: 'Nothing is kept.' }]}
    />
  ),
  receipt: <ReceiptPage receipt={receipt} />,
  'claim code': <ClaimCodePage code="ABCD" expiresAt="2026-12-09T10:00:00Z" account="C-1" />,
  revoke: <RevokePage credential={issued} state={refused('reason')} />,
  'revoke, to be confirmed': <ConfirmRevokePage credential={issued} reason="Issued twice" />,
  cases: <CasesPage cases={[openCase, decidedCase]} />,
  'case, open': <CasePage item={openCase} />,
  'case, refused': (
    <CasePage
      item={openCase}
      state={refused(
        'findings',
        ...criteria.flatMap((name) => [`findings.${name}`, `findings.${name}.evidence`]),
      )}
    />
  ),
  'case, decided': <CasePage item={decidedCase} />,
  problem: (
    <ProblemPage problem={{ ...problemOf('not-signed-in'), errors: [], requestId: 'r-1' }} />
  ),
};

const leftwards: Locale = { ...english, lang: 'ar', dir: 'rtl' };
const render = (body: ReactNode, locale = english): string =>
  renderPage(new Texts(locale), { title: 'A page', children: body, demo: true });

const shown = (verification: Verification): string =>
  render(<CheckResultPage verification={verification} />);

describe('every page', () => {
  test.each(Object.keys(pages))('%s is sound markup', (name) => {
    expect(pageFaults(render(pages[name]))).toEqual([]);
  });

  test.each(Object.keys(pages))('%s can be written from right to left', (name) => {
    const html = render(pages[name], leftwards);
    expect(html).toContain('<html lang="ar" dir="rtl">');
    expect(pageFaults(html)).toEqual([]);
  });
});

describe('the check for sound markup', () => {
  const sound = render(pages['claim']);
  test.each([
    ['a second h1', sound.replace('</main>', '<h1>Again</h1></main>')],
    ['a label for nothing', sound.replace('for="field-code"', 'for="field-other"')],
    ['an inline style', sound.replace('<main ', '<main style="color:red" ')],
    ['a script', sound.replace('</body>', '<script></script></body>')],
    ['a dangling link', sound.replace('href="#field-code"', 'href="#field-gone"')],
    ['a skipped level', sound.replace('</main>', '<h4>Deep</h4></main>')],
  ])('sees %s', (_, html) => {
    expect(html).not.toBe(sound);
    expect(pageFaults(html)).not.toEqual([]);
  });
});

describe('what pages say', () => {
  test('a verdict is a word, a shape and a colour', () => {
    const html = shown(withdrawn);
    expect(html).toContain('<h1>Withdrawn</h1>');
    expect(html).toContain('class="verdict tone-fail"');
    expect(html).toMatch(/<svg class="mark tone-fail"[^>]*><path/u);
    expect(html).toContain('1 December 2025');
  });

  test('of a changed credential nothing is repeated but that it was changed', () => {
    const html = shown(changed);
    expect(html).toContain('Do not trust this');
    expect(html).not.toContain('Issued by');
    expect(html.match(/class="check"/gu)).toHaveLength(1);
  });

  test('the four results of a check read differently', () => {
    const html = shown(withdrawn);
    for (const word of ['Passed', 'Warning', 'Failed', 'Could not check'])
      expect(html).toContain(`<span>${word}</span>`);
  });

  test('tables of deliveries are those of everywhere, with a head to each row', () => {
    const html = render(pages['deliveries']);
    expect(html.match(/<div class="scroll" role="group"[^>]* tabindex="0">/gu)).toHaveLength(2);
    expect(html).not.toContain('table-box');
    const rows = deliveries.data.length + deliveryDays.data.length;
    expect(html.match(/<tr><th scope="row" dir="auto">/gu)).toHaveLength(rows);
  });

  test('what people typed is text, never markup', () => {
    const hostile = '<img src=x onerror=alert(1)>"\'';
    const item: RecognitionCase = { ...openCase, purpose: hostile };
    const state = filledForm({ reasons: [hostile] });
    const html = render(<CasePage item={item} state={state} />);
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  test('a form that was refused shows what was typed, and each problem at its field', () => {
    const state: FormState = {
      values: { code: ['ABCD-'] },
      problems: [{ field: 'code', label: 'Code', message: 'Too short.' }],
    };
    const html = render(<ClaimPage claims={[]} state={state} />);
    expect(html).toContain('value="ABCD-"');
    expect(html).toContain('<a href="#field-code">Code: Too short.</a>');
    expect(html).toMatch(/aria-invalid="true"[^>]*aria-describedby="[^"]*field-code-problem"/u);
  });
});
