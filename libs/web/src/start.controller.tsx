import { Get, Header, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '#kernel';
import type { Ledger } from './api/ledger.js';
import { doors } from './components/document.js';
import { noticeOf } from './components/notice.js';
import { Pages } from './pages.decorator.js';
import { SignInPage, SignInWithPage } from './pages/sign-in-pages.js';
import { StartPage } from './pages/start-page.js';
import { paths } from './paths.js';
import { progressScript } from './progress-script.js';
import { stylesheet } from './stylesheet.js';
import { type Visit, Visits, WebSettings } from './visit.js';

const A_YEAR = 'public, max-age=31536000, immutable';

/** The front door: the start page, signing in and out, the stylesheet. */
@Pages()
export class StartController {
  constructor(
    private readonly visits: Visits,
    private readonly settings: WebSettings,
  ) {}

  @Get(paths.start)
  async start(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('done') done?: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply);
    const { demo } = this.settings;
    visit.show({
      title: 'start.title',
      body: <StartPage demo={demo} me={visit.me} notice={noticeOf(done)} />,
    });
  }

  @Get(paths.signIn)
  async signInHelp(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply);
    visit.show({ title: 'signIn.title', body: <SignInPage demo={this.settings.demo} /> });
  }

  @Get(paths.signInWith)
  async signInWith(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('code') code: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply);
    visit.show({ title: 'signIn.with', body: <SignInWithPage code={code} /> });
  }

  @Post(paths.signInWith)
  async signIn(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('code') code: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply);
    await this.#enter(visit, request, (ledger) => ledger.signIn(code));
  }

  @Get(paths.demoSignIn)
  async demoSignIn(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('persona') persona: string,
  ): Promise<void> {
    if (!this.settings.demo) throw new DomainError('not-found');
    const visit = await this.visits.begin(request, reply);
    await this.#enter(visit, request, (ledger) => ledger.demoSignIn(persona));
  }

  @Post(paths.signOut)
  async signOut(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply);
    visit.signOut();
    visit.redirect(paths.start, 'signedOut');
  }

  @Get(paths.stylesheet)
  @Header('x-content-type-options', 'nosniff')
  asset(@Param('file') file: string, @Res() reply: FastifyReply): void {
    const asset = [stylesheet, progressScript].find((known) => known.file === file);
    if (asset === undefined) throw new DomainError('not-found');
    void reply.headers({ 'content-type': asset.type, 'cache-control': A_YEAR }).send(asset.text);
  }

  async #enter(
    visit: Visit,
    request: FastifyRequest,
    ask: (ledger: Ledger) => ReturnType<Ledger['signIn']>,
  ): Promise<void> {
    const { access_token: token, expires_in: seconds } = await ask(this.visits.ledger(request));
    const { role } = await this.visits.ledger(request, token).me();
    visit.signIn(token, seconds);
    visit.redirect(doors[role][0]?.path ?? (role === 'employer' ? paths.check : paths.start));
  }
}
