import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { facts, problems, topicOf } from '#contracts';
import type { Context } from '#log';
import { describeApi } from '#platform';
import { intakeSchema } from '#recording';
import { asyncApi } from './asyncapi.js';
import { eventsPage } from './events-page.js';

type App = Parameters<typeof describeApi>[0];

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const problemsPage = (): string => `# Problems

Every error is answered with problem details (RFC 9457): \`type\` is
\`urn:learning-ledger:problem:{code}\`; \`errors\` point into the input (RFC 6901). Written from the
table in \`libs/contracts/src/problems.ts\`.

| code | status | what it means | what to do |
|---|---|---|---|
${Object.entries(problems)
  .toSorted(([a], [b]) => a.localeCompare(b))
  .map(
    ([code, { status, title, whatToDo }]) => `| \`${code}\` | ${status} | ${title} | ${whatToDo} |`,
  )
  .join('\n')}
`;

/** The JSON Schema (2020-12) of what each kind of entry says. */
const eventSchemas = (): readonly (readonly [file: string, content: string])[] =>
  Object.entries(facts).map(([kind, { data, personal }]) => [
    `${kind}.schema.json`,
    json({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:learning-ledger:${kind}:1`,
      title: kind,
      description: `An entry on the topic ${topicOf[kind as keyof typeof topicOf]}. "personal" travels sealed.`,
      type: 'object',
      properties: {
        data: withoutDialect(data),
        personal: withoutDialect(personal),
      },
      required: ['data'],
    }),
  ]);

const withoutDialect = (schema: z.ZodType): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
};

/** What is generated from the code, by path below the documents' folder. */
const generateDocuments = (app: App, contexts: readonly Context[]): ReadonlyMap<string, string> =>
  new Map([
    ['api/openapi.json', json(describeApi(app, contexts))],
    ['api/intake-event.schema.json', json(intakeSchema)],
    ['api/problems.md', problemsPage()],
    ['events/asyncapi.json', json(asyncApi())],
    ['events/README.md', eventsPage()],
    ...eventSchemas().map(([file, content]) => [`events/${file}`, content] as const),
  ]);

export const writeDocuments = (app: App, contexts: readonly Context[], folder: string): void => {
  for (const [path, content] of generateDocuments(app, contexts)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
};
