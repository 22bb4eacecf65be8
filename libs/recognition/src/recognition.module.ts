import { Module } from '@nestjs/common';
import { type Context, deciderHandler } from '#log';
import { CaseCredentials } from './case-credentials.js';
import { CaseIds } from './case-id.js';
import { Cases } from './cases.js';
import { CasesController } from './cases.controller.js';
import { ToCase } from './commands.js';
import { recognitionCase } from './domain/recognition-case.js';
import { CreateRecognition1764000005000 } from './migrations.js';
import { RecognitionProjection } from './recognition.projection.js';
import { RequestRecognition } from './request-recognition.js';

@Module({
  controllers: [CasesController],
  providers: [
    CaseCredentials,
    CaseIds,
    Cases,
    RequestRecognition,
    RecognitionProjection,
    deciderHandler('case', ToCase, recognitionCase),
  ],
})
class RecognitionModule {}

/** Learners ask, institutions compare and decide: a person, with reasons. */
export const recognition: Context = {
  module: RecognitionModule,
  migrations: [CreateRecognition1764000005000],
};
