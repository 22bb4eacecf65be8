const BASIC = /^Basic (?<encoded>[A-Za-z0-9+/=_-]+)$/iu;

/** HTTP Basic (RFC 7617). Undefined if the header holds none. */
export const basicCredentials = (
  authorization = '',
): { readonly id: string; readonly secret: string } | undefined => {
  const encoded = BASIC.exec(authorization)?.groups?.['encoded'];
  if (encoded === undefined) return undefined;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString().split(':');
  return { id, secret: secret.join(':') };
};
