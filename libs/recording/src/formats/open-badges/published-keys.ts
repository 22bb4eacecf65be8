import type { JWK } from 'jose';
import { z } from 'zod';
import type { ControllerDocument, VerificationMethod } from '#vc';
import type { ReadPublished } from '../../published-documents.js';
import type { NotProven } from './proven.js';
import { httpsIn, notThere, objectIn } from './published-object.js';
import { isObject, listOf } from './reading.js';

const KEY = 'the key that signed it';
const ADDRESS_MAX = 2_000;
/** did:web: a host, perhaps with a port, and a path (did:web Method Specification §3.2). */
const DID_WEB =
  /^did:web:(?<host>[A-Za-z0-9.-]+)(?:%3A(?<port>\d{1,5}))?(?<path>(?::[A-Za-z0-9_-][A-Za-z0-9._-]*)*)$/u;

const Jwk = z.looseObject({ kty: z.string() });
const Method = z.looseObject({
  id: z.string(),
  controller: z.string().optional(),
  publicKeyMultibase: z.string().optional(),
  publicKeyJwk: Jwk.optional(),
});

/** What an issuer says of its keys at its own address, and those of them that are JWKs. */
interface Controller {
  readonly document: ControllerDocument;
  /** By the id of the key: of those that may make assertions. */
  readonly jwks: ReadonlyMap<string, JWK>;
}

/** Where the controller of keys publishes them: a did:web, or an https address; undefined for others. */
const addressOf = (id: string): string | undefined => {
  if (id.length > ADDRESS_MAX) return undefined;
  const { host, port, path } = DID_WEB.exec(id)?.groups ?? {};
  if (host === undefined) return httpsIn(id);
  const at = port === undefined ? host : `${host}:${port}`;
  return httpsIn(`https://${at}${path ? path.replaceAll(':', '/') : '/.well-known'}/did.json`);
};

/**
 * The document of a controller that publishes one: a DID document (did:web) or a controlled identifier
 * document (Controlled Identifiers 1.0 §2). Out: undefined if it is no controller of that kind.
 */
export const publishedController = async (
  id: string,
  read: ReadPublished,
): Promise<Controller | NotProven | undefined> => {
  const address = addressOf(id);
  if (address === undefined) return undefined;
  const published = objectIn(await read(address), KEY, id);
  return 'detail' in published ? published : controllerIn(id, published.object);
};

/**
 * The key that a JWT names by its `kid` (Open Badges 3.0 §8.2): an address that has the key as a JWK, or
 * a key in the document of its controller. Out: also who publishes it, as an IRI; undefined if `kid`
 * names nothing of that kind.
 */
export const publishedJwk = async (
  kid: unknown,
  read: ReadPublished,
): Promise<{ readonly jwk: JWK; readonly publisher: string } | NotProven | undefined> => {
  if (typeof kid !== 'string') return undefined;
  const [id = '', fragment] = kid.split('#');
  if (fragment === undefined && httpsIn(kid) !== undefined && kid.length <= ADDRESS_MAX) {
    const published = objectIn(await read(kid), KEY);
    if ('detail' in published) return published;
    const jwk = Jwk.safeParse(published.object).data;
    return jwk ? { jwk, publisher: kid } : notThere(KEY);
  }
  const controller = await publishedController(id, read);
  if (!controller || 'detail' in controller) return controller;
  const jwk = controller.jwks.get(kid);
  return jwk ? { jwk, publisher: id } : notThere(KEY);
};

const controllerIn = (id: string, said: Readonly<Record<string, unknown>>): Controller => {
  const asserting = listOf(said['assertionMethod']);
  // A key may stand where it is used, and may be named by its fragment alone.
  const absolute = (name: string): string => (name.startsWith('#') ? `${id}${name}` : name);
  const methods = [...listOf(said['verificationMethod']), ...asserting.filter(isObject)].flatMap(
    (one) => {
      const method = Method.safeParse(one).data;
      return method ? [{ ...method, id: absolute(method.id) }] : [];
    },
  );
  const assertionMethod = asserting.flatMap((one) => {
    const name = isObject(one) ? one['id'] : one;
    return typeof name === 'string' ? [absolute(name)] : [];
  });
  return {
    document: {
      id,
      verificationMethod: methods.flatMap(
        ({ id: name, controller = '', publicKeyMultibase: key }): VerificationMethod[] =>
          key === undefined
            ? []
            : [{ id: name, type: 'Multikey', controller, publicKeyMultibase: key }],
      ),
      assertionMethod,
    },
    jwks: new Map(
      methods.flatMap(({ id: name, publicKeyJwk, controller }) =>
        publicKeyJwk && controller === id && assertionMethod.includes(name)
          ? [[name, publicKeyJwk as JWK] as const]
          : [],
      ),
    ),
  };
};
