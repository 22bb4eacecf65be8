import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { DomainError } from '#kernel';
import { Requires } from '#access';
import { didDocument } from '#vc';
import { IssuerKeys } from './issuer-keys.js';
import { StatusLists } from './status-lists.js';

/** What everybody must be able to read to check a credential. */
@ApiTags('credentials')
@Controller()
@Requires('read-public')
export class PublishController {
  constructor(
    private readonly keys: IssuerKeys,
    private readonly lists: StatusLists,
    private readonly db: DataSource,
  ) {}

  @Get('issuers/:id/did.json')
  @ApiOperation({ summary: 'The DID document of an issuer (did:web)' })
  @ApiResponse({ status: 200, content: { 'application/did+ld+json': {} } })
  async did(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const issuer = await this.keys.publicKeysOf(id);
    if (!issuer) throw new DomainError('not-found');
    await reply.type('application/did+ld+json').send(JSON.stringify(didDocument(issuer)));
  }

  @Get('issuers/:id')
  @ApiOperation({ summary: 'An issuer, as Open Badges 3.0 describes it (Profile)' })
  @ApiResponse({ status: 200, content: { 'application/json': {} } })
  async profile(@Param('id') id: string) {
    const [client] = await this.db.query<{ name: string; url: string; country: string }[]>(
      'select name, url, country from credentials.client where id = $1',
      [id],
    );
    const issuer = await this.keys.publicKeysOf(id);
    if (!client || !issuer) throw new DomainError('not-found');
    return {
      id: issuer.did,
      type: ['Profile'],
      name: client.name,
      url: client.url,
      address: { type: ['Address'], addressCountryCode: client.country },
    };
  }

  /** Asked for each time, and answered with 304 where nothing changed: a revocation shows at once. */
  @Get('status-lists/:id')
  @ApiOperation({ summary: 'A signed list of what was revoked (Bitstring Status List 1.0)' })
  @ApiResponse({ status: 200, content: { 'application/vc': {} } })
  async statusList(
    @Param('id') id: string,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { body, etag } = await this.lists.publish(id);
    void reply.header('etag', etag).header('cache-control', 'public, no-cache');
    if (known?.split(/\s*,\s*/u).includes(etag)) await reply.status(304).send();
    else await reply.type('application/vc').send(body);
  }
}
