import { Module } from '@nestjs/common';
import { Known } from './known.js';
import { VerificationProjection } from './verification.projection.js';
import { Verifier } from './verifier.js';
import { VerifyController } from './verify.controller.js';

@Module({
  controllers: [VerifyController],
  providers: [Known, VerificationProjection, Verifier],
})
export class VerificationModule {}
