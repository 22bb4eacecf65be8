import { Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '#kernel';
import { noticeOf } from './components/notice.js';
import { Pages } from './pages.decorator.js';
import { CredentialPage } from './pages/credential-page.js';
import { WalletPage } from './pages/wallet-page.js';
import { paths } from './paths.js';
import { Visits } from './visit.js';

/** A learner reads their record. */
@Pages()
export class WalletController {
  constructor(private readonly visits: Visits) {}

  @Get(paths.wallet)
  async wallet(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('done') done?: string,
    @Query('after') after?: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const { ledger } = visit;
    const [timeline, credentials, credits] = await Promise.all([
      ledger.timeline(after),
      ledger.credentials(),
      ledger.credits(),
    ]);
    const notice = noticeOf(done);
    visit.show({
      title: 'wallet.title',
      body: <WalletPage {...{ timeline, credentials, credits, notice }} />,
      current: paths.wallet,
    });
  }

  @Get(paths.credential)
  async credential(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const [credentials, file] = await Promise.all([
      visit.ledger.credentials(),
      visit.ledger.credentialFile(id),
    ]);
    const credential = credentials.find((held) => held.id === id);
    if (credential === undefined) throw new DomainError('credential-not-yours');
    const verification = await visit.ledger.verify(file);
    visit.show({
      title: { title: credential.title },
      body: <CredentialPage credential={credential} verification={verification} />,
      current: paths.wallet,
    });
  }

  @Get(paths.credentialFile)
  async credentialFile(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const text = JSON.stringify(await visit.ledger.credentialFile(id), undefined, 2);
    visit.download('credential.json', 'application/ld+json; charset=utf-8', text);
  }

  @Get(paths.transcript)
  async transcript(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visit = await this.visits.begin(request, reply, 'learner');
    const { text, headers } = await visit.ledger.transcript();
    visit.download('transcript.xml', headers['content-type'] ?? 'application/xml', text);
  }
}
