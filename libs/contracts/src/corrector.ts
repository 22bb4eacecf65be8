import { z } from 'zod';
import { Client } from './client.js';

const Source = Client.shape.sources.element;

/**
 * In which source a quality assurance body corrects what a provider said in one of its own. It says
 * for whom, so nobody needs to look that up: `urn:llcl:uni:lms` is corrected by `qa` in
 * `urn:llcl:qa:for.uni.lms`.
 */
export const correctingSource = (corrector: string, source: string): string => {
  const [, , provider, name] = source.split(':');
  return `urn:llcl:${corrector}:for.${provider}.${name}`;
};

const CORRECTING =
  /^urn:llcl:(?<corrector>[a-z0-9-]+):for\.(?<provider>[a-z0-9-]+)\.(?<name>[\w.-]+)$/u;

/** Whose source is corrected, by whom. */
export interface Corrected {
  readonly corrector: string;
  readonly provider: string;
  readonly source: string;
}

/** What a source corrects; undefined for one in which a provider speaks for itself. */
export const correctedBy = (source: string): Corrected | undefined => {
  const { corrector, provider, name } = CORRECTING.exec(source)?.groups ?? {};
  if (corrector === undefined || provider === undefined) return undefined;
  return { corrector, provider, source: `urn:llcl:${provider}:${name}` };
};

/** PUT /v1/me/correctors/{client}: for which of your sources; for all if absent. */
export const CorrectorRequest = z
  .strictObject({ sources: z.array(Source).min(1).max(50).optional() })
  .meta({ id: 'CorrectorRequest' });

/** Who may correct and void for a provider, and in which of its own sources it says so. */
export const Corrector = z
  .object({
    client: Client.shape.id,
    sources: z.array(z.object({ corrects: Source, sends: z.string() })),
  })
  .meta({ id: 'Corrector' });
export const Correctors = z.object({ data: z.array(Corrector) }).meta({ id: 'Correctors' });
