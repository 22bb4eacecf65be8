/** Problems of who is who: part of the table in problems.ts. */
export const identityProblems = {
  'client-exists': {
    status: 409,
    title: 'A client with this id is registered.',
    whatToDo: 'Choose another id.',
  },
  'invalid-client': {
    status: 401,
    title: 'The client id or secret is wrong.',
    whatToDo: 'Check both. A lost secret can be replaced by registering the client anew.',
  },
  'claim-code-invalid': {
    status: 422,
    title: 'This code is wrong, used up or too old.',
    whatToDo: 'Check it letter by letter, or ask the provider for a new code.',
  },
  'assertion-invalid': {
    status: 422,
    title: 'This is not a statement that its provider signed.',
    whatToDo: 'Tell the provider what "detail" says. A claim code works as well.',
  },
  'assertion-issuer-unknown': {
    status: 422,
    title: 'Nobody who may sign such a statement has this id.',
    whatToDo: 'Tell the provider: "iss" is its client id, and its keys have to be registered.',
  },
  'assertion-audience-wrong': {
    status: 422,
    title: 'This statement was signed for another ledger.',
    whatToDo: 'Tell the provider: "aud" is the "audience" that came with the nonce.',
  },
  'assertion-expired': {
    status: 422,
    title: 'This statement is too old.',
    whatToDo: 'Begin again at the provider. A statement is good for ten minutes.',
  },
  'assertion-used': {
    status: 409,
    title: 'This statement was used before.',
    whatToDo: 'Begin again at the provider: each statement is good for one use.',
  },
  'assertion-not-for-you': {
    status: 403,
    title: 'This statement was signed for somebody else, or for an earlier try.',
    whatToDo: 'Begin again here, as the person who is signed in.',
  },
  'did-proof-invalid': {
    status: 422,
    title: 'This does not prove that the DID is yours.',
    whatToDo: 'See "detail". Sign with the key of the DID, or ask the provider for a claim code.',
  },
  'did-method-unsupported': {
    status: 422,
    title: 'A proof by a DID of this kind is not read here.',
    whatToDo: 'Ask the provider for a claim code, or for a statement: those serve for every DID.',
  },
  'did-proof-audience-wrong': {
    status: 422,
    title: 'This proof was signed for another ledger.',
    whatToDo: 'Begin again: "aud" is the "audience" that came with the nonce.',
  },
  'did-proof-expired': {
    status: 422,
    title: 'This proof is too old.',
    whatToDo: 'Begin again with a new nonce. A proof is good for ten minutes.',
  },
  'did-proof-used': {
    status: 409,
    title: 'This proof, or another with the same nonce, was used before.',
    whatToDo: 'Begin again with a new nonce: each is good for one use.',
  },
  'did-proof-not-for-you': {
    status: 403,
    title: 'This proof was signed for somebody else, or for an earlier try.',
    whatToDo: 'Begin again here, as the person who is signed in.',
  },
  'account-handed-over': {
    status: 409,
    title: 'This account changed hands at another time, as you have told us.',
    whatToDo: 'Nothing was changed. Send the time that you sent first, or a later one.',
  },
  'merge-code-invalid': {
    status: 422,
    title: 'This code is wrong, used up or too old.',
    whatToDo: 'Check it letter by letter, or sign in to the other record and make a new one.',
  },
  'merge-with-oneself': {
    status: 422,
    title: 'This code is for the record that you are signed in to.',
    whatToDo: 'Sign in to your other record, and enter the code there.',
  },
  'account-claimed': {
    status: 409,
    title: 'Somebody else has claimed this account.',
    whatToDo:
      'Tell the provider, who can take the account back from them. Then use your code again.',
  },
  'account-not-restorable': {
    status: 409,
    title: 'You cannot take this account up again by yourself.',
    whatToDo: 'Ask the provider for a new code.',
  },
  'sign-in-link-invalid': {
    status: 410,
    title: 'This sign-in link was used or is too old.',
    whatToDo: 'Ask for a new link.',
  },
} as const;
