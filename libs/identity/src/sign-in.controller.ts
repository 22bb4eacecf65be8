import { Body, Controller, Get, Headers, Header, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { DomainError } from '#kernel';
import { Me, TokenResponse } from '#contracts';
import { accessTokenJwk, accessTokenKey, type Actor, CurrentActor, Requires } from '#access';
import { KeyRing } from '#vault';
import { Sessions } from './sessions.js';

const Code = z.strictObject({ code: z.string().min(1).max(256) });
const TokenRequest = z.object({
  grant_type: z.literal('client_credentials'),
  client_id: z.string().max(128).optional(),
  client_secret: z.string().max(256).optional(),
});

const basicCredentials = (authorization = ''): readonly [string, string] | undefined => {
  const encoded = /^Basic (?<encoded>[A-Za-z0-9+/=_-]+)$/iu.exec(authorization)?.groups?.[
    'encoded'
  ];
  if (encoded === undefined) return undefined;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString().split(':');
  return [decodeURIComponent(id), decodeURIComponent(secret.join(':'))];
};

@ApiTags('identity')
@Controller()
export class SignInController {
  constructor(
    private readonly sessions: Sessions,
    @Inject(KeyRing) private readonly keyRing: KeyRing,
  ) {}

  @Post('v1/sign-in')
  @HttpCode(200)
  @Requires('sign-in')
  @ApiOperation({ summary: 'Use up a one-time sign-in code' })
  @ApiResponse({ status: 200, standardSchema: TokenResponse })
  signIn(@Body({ schema: Code }) { code }: z.infer<typeof Code>) {
    return this.sessions.signIn(code);
  }

  @Post('oauth/token')
  @HttpCode(200)
  @Requires('sign-in')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'A token for a registered client (RFC 6749, client credentials)' })
  @ApiResponse({ status: 200, standardSchema: TokenResponse })
  token(
    @Body({ schema: TokenRequest }) body: z.infer<typeof TokenRequest>,
    @Headers('authorization') authorization?: string,
  ) {
    const [id, secret] = basicCredentials(authorization) ?? [body.client_id, body.client_secret];
    if (!id || !secret) throw new DomainError('invalid-client');
    return this.sessions.clientToken(id, secret);
  }

  @Get('.well-known/jwks.json')
  @Requires('read-public')
  @ApiOperation({ summary: 'The keys that sign access tokens (RFC 7517)' })
  async jwks() {
    return { keys: [await accessTokenJwk(accessTokenKey(this.keyRing.secret('access-tokens')))] };
  }

  @Get('v1/me')
  @Requires('read-own-account')
  @ApiOperation({ summary: 'Who is signed in' })
  @ApiResponse({ status: 200, standardSchema: Me })
  async me(@CurrentActor() actor: Actor): Promise<Me> {
    const { id, role, organisation } = actor;
    if (organisation === undefined) return { id, role };
    const client = await this.sessions.client(organisation);
    if (!client) return { id, role, organisation: { id: organisation, name: organisation } };
    const { name, homePage, sources } = client;
    return { id, role, organisation: { id: organisation, name, homePage, sources } };
  }
}
