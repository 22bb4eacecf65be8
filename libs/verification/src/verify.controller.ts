import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Verification, VerificationRequest } from '#contracts';
import { Requires } from '#access';
import { boundedCredential } from './domain/bounded-json.js';
import { Verifier } from './verifier.js';

@ApiTags('verification')
@Controller('v1/verifications')
export class VerifyController {
  constructor(private readonly verifier: Verifier) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Requires('check-credential')
  @ApiOperation({ summary: 'Check a credential: seven checks with reasons, and a verdict' })
  @ApiResponse({ status: 200, standardSchema: Verification })
  verify(
    @Body({ schema: VerificationRequest }) { credential }: z.infer<typeof VerificationRequest>,
  ): Promise<Verification> {
    return this.verifier.verify(boundedCredential(credential));
  }
}
