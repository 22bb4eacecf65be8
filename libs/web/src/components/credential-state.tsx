import { useTexts } from '../texts.js';
import { State, type Tone } from './mark.js';

type CredentialStateName = 'valid' | 'withdrawn' | 'expired' | 'erased';

const tones: Readonly<Record<CredentialStateName, Tone>> = {
  valid: 'pass',
  withdrawn: 'fail',
  expired: 'warning',
  erased: 'unknown',
};

/** The state of a credential, as its holder, its issuer and an officer all see it. */
export const CredentialState = ({ state }: { readonly state: CredentialStateName }) => {
  const t = useTexts();
  return <State tone={tones[state]} word={t.text(`credential.state.${state}`)} />;
};
