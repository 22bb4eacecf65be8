import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Clock, DomainError } from '#kernel';
import { MetaLogs } from '#contracts';
import { Requires } from '#access';
import { parseCheckpoint, parseTilePath, splitNote } from '#merkle';
import { MetaLog } from './meta-log.js';
import { META } from './meta-store.js';
import { Proofs } from './proofs.js';
import { PublishedLogs } from './published-logs.js';

/** What is open to all of the meta-log and to auditors only of others. */
@ApiTags('log')
@Controller()
export class MetaController {
  constructor(
    private readonly meta: MetaLog,
    private readonly logs: PublishedLogs,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Get('log/meta/tile/entries/*')
  @Requires('read-public')
  @ApiOperation({ summary: 'A bundle of the meta-log: signed checkpoints of other logs' })
  @ApiProduces('application/octet-stream')
  @ApiResponse({ status: 200, description: 'Notes, each after its length in two bytes' })
  async entries(@Param('*') path: string, @Res() reply: FastifyReply): Promise<void> {
    const tile = parseTilePath(`entries/${path}`);
    const proofs = new Proofs(this.logs.get(META), () => this.clock.now());
    const bytes = tile && (await proofs.tile(tile));
    if (!bytes) throw new DomainError('not-found');
    void reply
      .type('application/octet-stream')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .send(bytes);
  }

  @Get('v1/ledger/meta/logs')
  @Requires('read-public')
  @ApiOperation({ summary: 'The last checkpoint of each log, and its place in the meta-log' })
  @ApiResponse({ status: 200, standardSchema: MetaLogs })
  async latest(): Promise<MetaLogs> {
    return {
      data: (await this.meta.latest()).map(({ seq, note }) => {
        const { origin, size, root } = parseCheckpoint(splitNote(note).text);
        return { origin, size, root: Buffer.from(root).toString('hex'), seq, checkpoint: note };
      }),
    };
  }
}
