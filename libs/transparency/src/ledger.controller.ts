import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Clock } from '#kernel';
import { ConsistencyProof, InclusionProof, LedgerEntry, LedgerNumber } from '#contracts';
import { Requires } from '#access';
import { formatTlogProof } from '#merkle';
import { Proofs } from './proofs.js';
import { PublishedLogs } from './published-logs.js';

const EntryPath = z.object({ log: z.string(), seq: LedgerNumber });
const From = z.object({ from: LedgerNumber });
const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');

/** Proofs in JSON, for who does not speak tlog-tiles; `text/plain` gives a `.tlog-proof` file. */
@ApiTags('log')
@Controller('v1/ledger/:log')
export class LedgerController {
  constructor(
    private readonly logs: PublishedLogs,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Get('entries/:seq')
  @Requires('read-public')
  @ApiOperation({ summary: 'That an entry is there: its hash, nothing of what it says' })
  @ApiResponse({ status: 200, standardSchema: LedgerEntry })
  async entry(
    @Param({ schema: EntryPath }) { log, seq }: z.infer<typeof EntryPath>,
  ): Promise<LedgerEntry> {
    const leafHash = hex(await this.#proofs(log).leafHash(seq));
    return { log, seq, leafHash, proof: `/v1/ledger/${log}/entries/${seq}/proof` };
  }

  @Get('entries/:seq/proof')
  @Requires('read-public')
  @ApiOperation({ summary: 'That an entry is in the log as published' })
  @ApiProduces('application/json', 'text/plain')
  @ApiResponse({ status: 200, standardSchema: InclusionProof })
  async inclusion(
    @Param({ schema: EntryPath }) { log, seq }: z.infer<typeof EntryPath>,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InclusionProof | string> {
    const { checkpoint, note, leafHash, hashes } = await this.#proofs(log).inclusion(seq);
    void reply.header('vary', 'accept').header('cache-control', 'no-cache');
    if (accept?.includes('text/plain')) {
      const file = `${log}-${seq}.tlog-proof`;
      void reply.type('text/plain; charset=utf-8');
      void reply.header('content-disposition', `attachment; filename="${file}"`);
      return formatTlogProof({ index: seq, hashes, checkpoint: note });
    }
    return {
      log,
      seq,
      leafHash: hex(leafHash),
      size: checkpoint.size,
      root: hex(checkpoint.root),
      hashes: hashes.map(hex),
      checkpoint: note,
    };
  }

  @Get('consistency')
  @Requires('read-public')
  @ApiOperation({
    summary: 'That the log of an earlier size is the beginning of the published one',
  })
  @ApiResponse({ status: 200, standardSchema: ConsistencyProof })
  async consistency(
    @Param('log') log: string,
    @Query({ schema: From }) { from }: z.infer<typeof From>,
  ): Promise<ConsistencyProof> {
    const { checkpoint, note, hashes } = await this.#proofs(log).consistency(from);
    return {
      log,
      from,
      size: checkpoint.size,
      root: hex(checkpoint.root),
      hashes: hashes.map(hex),
      checkpoint: note,
    };
  }

  #proofs(log: string): Proofs {
    return new Proofs(this.logs.get(log), () => this.clock.now());
  }
}
