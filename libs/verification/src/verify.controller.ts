import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Verification, VerificationRequest } from '#contracts';
import { Requires } from '#access';
import { parseCredential } from './parse-credential.js';
import { Verifier } from './verifier.js';

@ApiTags('verification')
@Controller('v1/verifications')
@Requires('check-credential')
export class VerifyController {
  constructor(private readonly verifier: Verifier) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Check a credential: seven checks, each with its reason' })
  @ApiResponse({ status: 200, standardSchema: Verification })
  verify(
    @Body({ schema: VerificationRequest }) { credential }: z.infer<typeof VerificationRequest>,
  ): Promise<Verification> {
    return this.verifier.verify(parseCredential(credential));
  }
}
