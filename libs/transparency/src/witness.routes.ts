import { createHash, type KeyObject } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Clock, PublicUrl } from '#kernel';
import { cosignatureTypeOf, formatVerifierKey, noteKey, notePrivateKey } from '#merkle';
import { KeyRing } from '#vault';
import type { FileCheckpointStore } from './file-checkpoint-store.js';
import { SETTINGS, type TransparencySettings } from './settings.js';
import { checkpointStore } from './stored-checkpoints.js';
import { Witness } from './witness.js';

/** Enough for 63 hashes and a note with many signatures. */
const BODY_BYTES_MAX = 64 * 1024;
const TEXT = 'text/plain; charset=utf-8';

/**
 * The witness of C2SP tlog-witness: submission prefix `/`, monitoring prefix `/witness`. Plain
 * routes, as the body is text of whatever type and the answers are no problem details.
 */
@Injectable()
export class WitnessRoutes implements OnModuleInit {
  readonly #logger = new Logger('witness');
  readonly #stores = new Map<string, FileCheckpointStore>();
  readonly #name: string;
  readonly #privateKeys: readonly KeyObject[];
  readonly #witness: Witness;

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(SETTINGS) private readonly settings: TransparencySettings,
    @Inject(KeyRing) keyRing: KeyRing,
    @Inject(PublicUrl) publicUrl: PublicUrl,
    @Inject(Clock) clock: Clock,
  ) {
    this.#name = `${publicUrl.href.replace(/^https?:\/\//u, '')}/witness`;
    this.#privateKeys = [
      notePrivateKey(keyRing.secret('witness')),
      ...(settings.isWitnessOfMlDsa
        ? [notePrivateKey(keyRing.secret('witness-ml-dsa'), 'ml-dsa-44')]
        : []),
    ];
    this.#witness = new Witness({
      name: this.#name,
      privateKeys: this.#privateKeys,
      logs: settings.witnessedLogs ?? [],
      storeOf: (origin) => this.#storeOf(hashOf(origin)),
      clock,
      onContradiction: (note) =>
        this.#logger.warn(
          `a signed checkpoint contradicts an earlier one: ${JSON.stringify(note)}`,
        ),
    });
  }

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register((scope, _, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(
        '*',
        { parseAs: 'string', bodyLimit: BODY_BYTES_MAX },
        (_request, body, parsed) => parsed(null, body),
      );
      scope.post('/add-checkpoint', async (request, reply) => {
        const body = typeof request.body === 'string' ? request.body : '';
        const answer = await this.#witness.addCheckpoint(body);
        const type = answer.status === 409 ? 'text/x.tlog.size' : TEXT;
        return reply.status(answer.status).type(type).send(answer.body);
      });
      scope.get('/witness/vkey', (_request, reply) =>
        reply.type(TEXT).send(this.verifierKeys.map((key) => `${key}\n`).join('')),
      );
      scope.get<{ Params: { origin: string } }>(
        '/witness/:origin/checkpoint',
        ({ params }, reply) => this.#checkpoint(params.origin, reply),
      );
      done();
    });
  }

  /** By which others know its cosignatures: of Ed25519, and of ML-DSA-44 if it is asked for. */
  get verifierKeys(): readonly string[] {
    return this.#privateKeys.map((key) =>
      formatVerifierKey(noteKey(this.#name, key, cosignatureTypeOf(key))),
    );
  }

  /** What it cosigned last of a log, for monitors. */
  async #checkpoint(hash: string, reply: FastifyReply): Promise<FastifyReply> {
    const isKnown = (this.settings.witnessedLogs ?? []).some(({ name }) => hashOf(name) === hash);
    const latest = isKnown ? await (await this.#storeOf(hash)).latest() : undefined;
    if (!latest) return reply.status(404).type(TEXT).send('nothing was cosigned of this log\n');
    return reply.type(TEXT).header('cache-control', 'no-cache').send(latest.note);
  }

  async #storeOf(hash: string): Promise<FileCheckpointStore> {
    const known = this.#stores.get(hash);
    if (known) return known;
    const store = checkpointStore(this.settings.checkpointsDir, `witness-${hash}`);
    await store.open();
    this.#stores.set(hash, store);
    return store;
  }
}

/** By what monitors ask for a log: SHA-256 of its origin, hex. */
const hashOf = (origin: string): string => createHash('sha256').update(origin).digest('hex');
