import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import type { Context } from '#log';

type PathItem = OpenAPIObject['paths'][string];

/**
 * The description of all endpoints of an app (OpenAPI 3.1): from its controllers and schemas, and
 * from what its contexts say of their plain routes.
 */
export const describeApi = (
  app: NestFastifyApplication,
  contexts: readonly Context[],
): OpenAPIObject => {
  const document = SwaggerModule.createDocument(
    app,
    new DocumentBuilder()
      .setOpenAPIVersion('3.1.0')
      .setTitle('Lifelong learning ledger')
      .setDescription(
        'Records learning events, accumulates them, certifies them as verifiable credentials, ' +
          'recognises and transfers them. Errors are problem details (RFC 9457).',
      )
      .setVersion('1')
      .addBearerAuth()
      .build(),
    {
      // The built-in converter writes OpenAPI 3.0 schemas, which 3.1 does not allow.
      standardSchemaConverter: (schema, { schemaType }) => {
        const {
          $schema: _,
          $defs = {},
          ...rest
        } = z.toJSONSchema(schema as z.ZodType, { target: 'draft-2020-12', io: schemaType });
        return { schema: rest, components: $defs };
      },
    },
  );
  const plain = contexts.flatMap(({ paths = {} }) => Object.entries<PathItem>(paths));
  const all: Record<string, PathItem> = { ...document.paths };
  // An address may have methods of both kinds.
  for (const [path, item] of plain) all[path] = { ...all[path], ...item };
  const paths = Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...document, paths: Object.fromEntries(paths) };
};

/** Serves the description at /openapi.json: made once, when somebody first asks. */
export const serveApiDescription = (
  app: NestFastifyApplication,
  contexts: readonly Context[],
): void => {
  let text: string | undefined;
  app
    .getHttpAdapter()
    .getInstance()
    .get('/openapi.json', (_, reply) => {
      text ??= JSON.stringify(describeApi(app, contexts));
      return reply.type('application/json; charset=utf-8').send(text);
    });
};
