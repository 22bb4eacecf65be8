import { type Decider, type DomainEvent, DomainError } from '#kernel';
import type { Credit, Fact, Finding, Findings, Outcome } from '#contracts';
import { completeFindings, refuseUnreasoned } from './findings.js';

type Requested = Fact<'recognition-requested'>;
type Decided = Fact<'recognition-decided'>;

/** `personal` is missing where the learner was erased. */
export type CaseEvent =
  | DomainEvent<'recognition-requested', Requested['data'], Requested['personal'] | undefined>
  | DomainEvent<'recognition-decided', Decided['data'], Decided['personal'] | undefined>;

/** A learner asks an institution to recognise what some credentials certify. */
export interface Request {
  readonly type: 'request';
  readonly caseId: string;
  readonly institution: string;
  readonly credentialIds: readonly string[];
  readonly purpose: string;
  /** RFC 3339, UTC. */
  readonly requestedAt: string;
}

/** Who decides. What runs by itself has the role `system`. */
interface DecidingActor {
  readonly id: string;
  readonly role: string;
  /** The institution for which they act. */
  readonly organisation?: string | undefined;
}

/** An officer compares the five criteria and decides. */
export interface Decide {
  readonly type: 'decide';
  readonly by: DecidingActor;
  readonly outcome: Outcome;
  readonly findings: Findings;
  readonly reasons: string;
  readonly credit?: Credit | undefined;
  /** Names of what was recognised, for the decision's credential. */
  readonly titles: readonly string[];
  /** RFC 3339, UTC. */
  readonly decidedAt: string;
}

export type CaseCommand = Request | Decide;

/** `erased`: somebody asked once, and is no longer known. */
export type CaseState =
  | { readonly status: 'none' }
  | { readonly status: 'erased' }
  | { readonly status: 'requested'; readonly request: AskedFor }
  | { readonly status: 'decided'; readonly request: AskedFor; readonly decision: Decision };

type AskedFor = Requested['data'] & Requested['personal'];
type Decision = Decided['personal'];

/**
 * One request for recognition: requested, then decided once, by a person. The rules are those of
 * the Lisbon Recognition Convention (Art. III.5, IV.1, VI.1): five elements are compared; what is
 * not fully recognised needs a substantial difference; and the institution, not the learner, has to
 * show it, with evidence and with its relevance to the purpose.
 *
 * Errors: `decision-needs-human`, `not-found` (no such request, or erased), `already-decided`,
 * `criteria-incomplete`, `difference-not-substantial`, `difference-contradicts`, `invalid-input`
 * (a refusal with credit), `idempotency-key-reused` (another request under the same id).
 */
export const recognitionCase: Decider<CaseState, CaseCommand, CaseEvent> = {
  initial: { status: 'none' },
  evolve,
  decide: (command, state) =>
    command.type === 'request' ? request(command, state) : decide(command, state),
};

function evolve(state: CaseState, event: CaseEvent): CaseState {
  if (event.personal === undefined) return { status: 'erased' };
  if (event.kind === 'recognition-requested')
    return { status: 'requested', request: { ...event.data, ...event.personal } };
  if (state.status !== 'requested') return state;
  return { status: 'decided', request: state.request, decision: event.personal };
}

const request = (command: Request, state: CaseState): readonly CaseEvent[] => {
  const { caseId, institution, purpose, requestedAt } = command;
  const credentialIds = [...new Set(command.credentialIds)];
  if (state.status === 'none')
    return [
      {
        kind: 'recognition-requested',
        data: { caseId, institution },
        personal: { credentialIds, purpose, requestedAt },
      },
    ];
  const isRepeated =
    state.status !== 'erased' &&
    state.request.institution === institution &&
    state.request.purpose === purpose &&
    sameMembers(state.request.credentialIds, credentialIds);
  if (!isRepeated) throw new DomainError('idempotency-key-reused');
  return [];
};

const decide = (command: Decide, state: CaseState): readonly CaseEvent[] => {
  const { by, outcome, reasons, titles, decidedAt } = command;
  if (by.role !== 'officer') throw new DomainError('decision-needs-human');
  if (state.status === 'none' || state.status === 'erased') throw new DomainError('not-found');
  const { caseId, institution, credentialIds, purpose } = state.request;
  if (by.organisation !== institution)
    throw new DomainError(
      'decision-needs-human',
      'Only an officer of the institution that was asked can decide.',
    );
  if (state.status === 'decided') {
    if (sameDecision(state.decision, command)) return [];
    throw new DomainError('already-decided');
  }
  const findings = completeFindings(command.findings);
  refuseUnreasoned(outcome, findings);
  if (outcome === 'Negative' && command.credit !== undefined)
    throw new DomainError('invalid-input', undefined, [
      { pointer: '#/credit', detail: 'A refusal carries no credit.' },
    ]);
  return [
    {
      kind: 'recognition-decided',
      data: { caseId, institution, officer: by.id },
      personal: {
        outcome,
        findings,
        reasons,
        ...(command.credit === undefined ? {} : { credit: command.credit }),
        credentialIds,
        purpose,
        titles: [...titles],
        decidedAt,
      },
    },
  ];
};

const sameMembers = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((member) => other.includes(member));

/** Whether a command says what was decided; when and under which titles does not matter. */
const sameDecision = (decision: Decision, command: Decide): boolean =>
  decision.outcome === command.outcome &&
  decision.reasons === command.reasons &&
  decision.credit?.system === command.credit?.system &&
  decision.credit?.value === command.credit?.value &&
  Object.entries(decision.findings).every(([criterion, finding]) =>
    sameFinding(finding, command.findings[criterion as keyof Findings]),
  );

const sameFinding = (one: Finding, other: Finding | undefined): boolean =>
  one.finding === other?.finding &&
  one.statement === other.statement &&
  one.evidence === other.evidence &&
  one.relevance === other.relevance;
