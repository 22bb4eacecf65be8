import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { z } from 'zod';
import { TokenResponse } from '#contracts';
import { Requires } from '#access';
import { Sessions } from './sessions.js';

/** The people and institutions of the demo. Invented. */
export const PERSONAS = {
  university: { role: 'provider', organisation: 'aurora-university' },
  mooc: { role: 'provider', organisation: 'coral-mooc' },
  library: { role: 'provider', organisation: 'ring-library' },
  learner: { role: 'learner', organisation: null },
  'second-university': { role: 'officer', organisation: 'borealis-university' },
  employer: { role: 'employer', organisation: null },
  admin: { role: 'admin', organisation: null },
} as const;
export type Persona = keyof typeof PERSONAS;

const Request = z.strictObject({
  persona: z.enum(Object.keys(PERSONAS) as [Persona, ...Persona[]]),
});

/** Open sign-in, in demo mode only: the module leaves this controller out everywhere else. */
@ApiExcludeController()
@Controller('v1/demo')
export class DemoController {
  constructor(private readonly sessions: Sessions) {}

  @Post('sign-in')
  @HttpCode(200)
  @Requires('sign-in')
  signIn(
    @Body({ schema: Request }) { persona }: z.infer<typeof Request>,
  ): Promise<z.infer<typeof TokenResponse>> {
    return this.sessions.open({ id: `per_demo-${persona}`, ...PERSONAS[persona] });
  }
}
