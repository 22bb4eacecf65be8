import { Module } from '@nestjs/common';
import { Registry } from './registry.js';
import { VerificationProjection } from './verification.projection.js';
import { Verifier } from './verifier.js';
import { VerifyController } from './verify.controller.js';

@Module({
  controllers: [VerifyController],
  providers: [Registry, Verifier, VerificationProjection],
})
export class VerificationModule {}
