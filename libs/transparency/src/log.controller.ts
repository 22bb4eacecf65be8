import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Clock, DomainError } from '#kernel';
import { Requires } from '#access';
import { formatVerifierKey, parseTilePath } from '#merkle';
import { Proofs } from './proofs.js';
import { PublishedLogs } from './published-logs.js';

const TEXT = 'text/plain; charset=utf-8';
const BYTES = 'application/octet-stream';
/** A tile of a given width never changes. */
const FOR_GOOD = 'public, max-age=31536000, immutable';

/** A log as C2SP tlog-tiles v0.1.0 has it read. `{log}` is the name that receipts give. */
@ApiTags('log')
@Controller('log/:log')
export class LogController {
  constructor(
    private readonly logs: PublishedLogs,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Get('checkpoint')
  @Requires('read-public')
  @ApiOperation({ summary: 'The last checkpoint: how long the log is and its root, signed' })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, description: 'A signed note (C2SP tlog-checkpoint)' })
  checkpoint(@Param('log') name: string, @Res() reply: FastifyReply): void {
    const { note } = this.logs.get(name).publication;
    void reply.type(TEXT).header('cache-control', 'no-cache').send(note);
  }

  @Get('checkpoint/witnessed')
  @Requires('read-public')
  @ApiOperation({ summary: 'The last checkpoint that a witness has cosigned' })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, description: 'A signed note with cosignatures' })
  witnessed(@Param('log') name: string, @Res() reply: FastifyReply): void {
    const { witnessed } = this.logs.get(name);
    if (!witnessed) throw new DomainError('not-found');
    void reply.type(TEXT).header('cache-control', 'no-cache').send(witnessed.note);
  }

  @Get('vkey')
  @Requires('read-public')
  @ApiOperation({ summary: 'The key that signs the checkpoints of this log' })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, description: 'A verifier key (C2SP signed-note)' })
  verifierKey(@Param('log') name: string, @Res() reply: FastifyReply): void {
    const { key } = this.logs.get(name);
    void reply
      .type(TEXT)
      .header('cache-control', 'no-cache')
      .send(`${formatVerifierKey(key)}\n`);
  }

  @Get('tile/entries/*')
  @Requires('audit-log')
  @ApiOperation({ summary: 'A bundle of entries, for auditors' })
  @ApiProduces('application/octet-stream')
  @ApiResponse({ status: 200, description: 'Entries, each after its length in two bytes' })
  async entries(
    @Param('log') name: string,
    @Param('*') path: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const bytes = await this.#tile(name, `entries/${path}`);
    void reply.type(BYTES).header('cache-control', 'private, no-store').send(bytes);
  }

  @Get('tile/*')
  @Requires('read-public')
  @ApiOperation({ summary: 'A tile of the tree: up to 256 hashes' })
  @ApiProduces('application/octet-stream')
  @ApiResponse({ status: 200, description: 'Hashes of 32 bytes, one after the other' })
  async tile(
    @Param('log') name: string,
    @Param('*') path: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // However it was written that it did not come to the other door.
    if (path.startsWith('entries')) throw new DomainError('not-found');
    const bytes = await this.#tile(name, path);
    void reply.type(BYTES).header('cache-control', FOR_GOOD).send(bytes);
  }

  async #tile(name: string, path: string): Promise<Buffer> {
    const tile = parseTilePath(path);
    const bytes =
      tile && (await new Proofs(this.logs.get(name), () => this.clock.now()).tile(tile));
    if (!bytes) throw new DomainError('not-found');
    return bytes;
  }
}
