import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Actor, CurrentActor, Requires } from '#access';
import { elmo, ELMO_NAMESPACE } from './domain/elmo.js';
import { writeXml } from './domain/write-xml.js';
import { Transcripts } from './transcripts.js';

@ApiTags('transfer')
@Controller('v1/me')
export class TranscriptController {
  constructor(private readonly transcripts: Transcripts) {}

  /** ELMO is the one format so far, so it answers whatever is accepted. */
  @Get(['transcript', 'transcript.xml'])
  @Requires('read-own-record')
  @ApiOperation({ summary: 'Your transcript of records in ELMO 1.7 (EMREX)' })
  @ApiProduces('application/xml')
  @ApiResponse({ status: 200, schema: { type: 'string' } })
  async transcript(
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const xml = writeXml(elmo(await this.transcripts.of(actor.id)), ELMO_NAMESPACE);
    // Not with @Header, which speaks before the answer is known: a problem is no attachment.
    void reply.headers({
      'content-type': 'application/xml; charset=utf-8',
      'content-disposition': 'attachment; filename="transcript.xml"',
      'cache-control': 'no-store',
    });
    return xml;
  }
}
