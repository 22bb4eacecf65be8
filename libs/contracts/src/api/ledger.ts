import { z } from 'zod';

const Hex = z.string().regex(/^[0-9a-f]{64}$/u);
const Hashes = z.array(Hex).max(63);
/** A size or a number of an entry, as a query or a path writes it. */
export const LedgerNumber = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,15})$/u)
  .transform(Number)
  .refine(Number.isSafeInteger);

/** What everybody may know of an entry: that it is there, and its hash. */
export const LedgerEntry = z
  .object({
    log: z.string(),
    seq: z.int().nonnegative(),
    /** SHA-256(0x00 ‖ entry), hex (RFC 9162 §2.1.1). */
    leafHash: Hex,
    /** Where its inclusion proof is. */
    proof: z.string(),
  })
  .meta({ id: 'LedgerEntry' });
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/** That an entry is in the log as published (RFC 9162 §2.1.3), all hashes in hex. */
export const InclusionProof = z
  .object({
    log: z.string(),
    seq: z.int().nonnegative(),
    leafHash: Hex,
    size: z.int().nonnegative(),
    root: Hex,
    hashes: Hashes,
    /** The signed note (C2SP tlog-checkpoint) that says size and root. */
    checkpoint: z.string(),
  })
  .meta({ id: 'InclusionProof' });
export type InclusionProof = z.infer<typeof InclusionProof>;

/** That the log of `from` entries is the beginning of the published one (RFC 9162 §2.1.4). */
export const ConsistencyProof = z
  .object({
    log: z.string(),
    from: z.int().nonnegative(),
    size: z.int().nonnegative(),
    root: Hex,
    hashes: Hashes,
    checkpoint: z.string(),
  })
  .meta({ id: 'ConsistencyProof' });
export type ConsistencyProof = z.infer<typeof ConsistencyProof>;

/** What the meta-log holds: of each log the last checkpoint, and its number in the meta-log. */
export const MetaLogs = z
  .object({
    data: z.array(
      z.object({
        origin: z.string(),
        size: z.int().nonnegative(),
        root: Hex,
        seq: z.int().nonnegative(),
        checkpoint: z.string(),
      }),
    ),
  })
  .meta({ id: 'MetaLogs' });
export type MetaLogs = z.infer<typeof MetaLogs>;
