import { Module } from '@nestjs/common';
import type { Context } from '#log';
import { Institutions } from './institutions.js';
import { CreateTransfer1764000006000 } from './migrations.js';
import { TranscriptController } from './transcript.controller.js';
import { Transcripts } from './transcripts.js';
import { TransferProjection } from './transfer.projection.js';

@Module({
  controllers: [TranscriptController],
  providers: [Institutions, Transcripts, TransferProjection],
})
class TransferModule {}

/** What was certified and recognised, in the formats that institutions exchange. */
export const transfer: Context = {
  module: TransferModule,
  migrations: [CreateTransfer1764000006000],
};
