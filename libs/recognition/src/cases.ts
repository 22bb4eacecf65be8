import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { facts, type Message, type RecognitionCase } from '#contracts';
import { ENVELOPE, Journal, Log, messageOf, type StoredMessage } from '#log';
import { Vault } from '#vault';
import { CaseCredentials } from './case-credentials.js';

/** So many of the newest cases are listed. */
export const CASES_MAX = 500;

/** A case as it is stored: who asked whom is plain, what for is sealed. */
export interface SealedCase {
  readonly caseId: string;
  readonly institution: string;
  readonly alias: string;
  readonly requested: Message;
  readonly decided: Message | undefined;
}

interface RequestRow extends StoredMessage {
  readonly case_id: string;
  readonly institution: string;
}
type DecisionRow = StoredMessage & { readonly case_id: string };

const SELECT = `select ${ENVELOPE}, case_id, institution from recognition.request`;
const NEWEST = `order by time desc, case_id limit ${CASES_MAX}`;

/** Requests for recognition as people see them. */
@Injectable()
export class Cases {
  constructor(
    private readonly db: DataSource,
    private readonly log: Log,
    private readonly journal: Journal,
    private readonly vault: Vault,
    private readonly credentials: CaseCredentials,
  ) {}

  /** Those of a person, newest first. */
  async ofLearner(person: string): Promise<readonly RecognitionCase[]> {
    const aliases = await this.vault.aliasesOf(person);
    return this.#list(`${SELECT} where alias = any($1) ${NEWEST}`, [aliases]);
  }

  /** Those an institution was asked, newest first. */
  async ofInstitution(institution: string): Promise<readonly RecognitionCase[]> {
    return this.#list(`${SELECT} where institution = $1 ${NEWEST}`, [institution]);
  }

  /** One, from its stream: what was appended a moment ago is in it. Undefined if there is none. */
  async find(caseId: string): Promise<SealedCase | undefined> {
    const stream = await this.log.readStream(`case-${caseId}`);
    const requested = stream.find(({ kind }) => kind === 'recognition-requested');
    if (requested?.alias === undefined) return undefined;
    const { institution } = facts['recognition-requested'].data.parse(requested.data);
    const decided = stream.find(({ kind }) => kind === 'recognition-decided');
    return { caseId, institution, alias: requested.alias, requested, decided };
  }

  /** Opens a case; undefined where the learner was erased. */
  async open(sealed: SealedCase): Promise<RecognitionCase | undefined> {
    return (await this.#open([sealed]))[0];
  }

  async #list(sql: string, parameters: readonly unknown[]): Promise<readonly RecognitionCase[]> {
    const rows = await this.db.query<RequestRow[]>(sql, [...parameters]);
    const decisions = await this.db.query<DecisionRow[]>(
      `select ${ENVELOPE}, case_id from recognition.decision where case_id = any($1)`,
      [rows.map(({ case_id }) => case_id)],
    );
    const decided = new Map(decisions.map((row) => [row.case_id, row]));
    return this.#open(
      rows.map((row) => {
        const decision = decided.get(row.case_id);
        return {
          caseId: row.case_id,
          institution: row.institution,
          alias: row.alias,
          requested: messageOf(row, 'recognition-requested'),
          decided: decision && messageOf(decision, 'recognition-decided'),
        };
      }),
    );
  }

  async #open(sealed: readonly SealedCase[]): Promise<readonly RecognitionCase[]> {
    const asked = await this.journal.open(sealed.map(({ requested }) => requested));
    const known = sealed.flatMap((one, n) => {
      const opened = asked[n];
      return opened === undefined
        ? []
        : [{ ...one, request: facts['recognition-requested'].personal.parse(opened) }];
    });
    const [decisions, names, credentials] = await Promise.all([
      this.#decisions(known),
      this.#names(known.map(({ institution }) => institution)),
      this.credentials.byId([...new Set(known.flatMap(({ request }) => request.credentialIds))]),
    ]);
    return known.map(({ caseId, institution, request }) => {
      const decision = decisions.get(caseId);
      return {
        id: caseId,
        institution: { id: institution, name: names.get(institution) ?? institution },
        state: decision ? 'decided' : 'requested',
        purpose: request.purpose,
        requestedAt: request.requestedAt,
        credentials: request.credentialIds.flatMap((id) => credentials.get(id) ?? []),
        ...(decision ? { decision } : {}),
      };
    });
  }

  async #decisions(
    cases: readonly SealedCase[],
  ): Promise<ReadonlyMap<string, NonNullable<RecognitionCase['decision']>>> {
    const decided = cases.flatMap(({ caseId, decided }) => (decided ? [{ caseId, decided }] : []));
    const opened = await this.journal.open(decided.map(({ decided }) => decided));
    return new Map(
      decided.flatMap(({ caseId }, n) => {
        if (opened[n] === undefined) return [];
        const { outcome, findings, reasons, credit, decidedAt } = facts[
          'recognition-decided'
        ].personal.parse(opened[n]);
        const decision = { outcome, findings, reasons, ...(credit && { credit }), decidedAt };
        return [[caseId, decision] as const];
      }),
    );
  }

  async #names(institutions: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.db.query<{ id: string; name: string }[]>(
      'select id, name from recognition.institution where id = any($1)',
      [[...new Set(institutions)]],
    );
    return new Map(rows.map(({ id, name }) => [id, name]));
  }
}
