/** A document in which one thing is wrong, and where. */
interface Breakage {
  readonly pointer: string;
  readonly document: unknown;
}
/** Where a value stands. */
interface Node {
  readonly parent: Record<string | number, unknown>;
  readonly name: string | number;
  readonly pointer: string;
}

/** The model says nothing of what is in these. */
const FREE: ReadonlySet<string> = new Set(['extensions', 'messageParameters', '@context']);
/** Whatever entity stands here is right. */
const ANY_ENTITY: ReadonlySet<string> = new Set(
  'rated commentedOn searchTarget isPartOf referrer items target object generated'.split(' '),
);
const TIME = /^\d{4}-\d{2}-\d{2}T/u;
const IRI = /^(?:https?|urn|_):/u;
/** Text that looks like something else. */
const TEXT: ReadonlySet<string> = new Set(
  'identifier name description selections host itemValues sensor'.split(' '),
);
const NO_ENTITY: readonly unknown[] = ['SystemIdentifier', 'TextPositionSelector'];

const escape = (name: string | number): string =>
  String(name).replaceAll('~', '~0').replaceAll('/', '~1');

/** Every property and item of a document that the model has something to say about. */
export const nodesOf = (value: unknown, pointer = '#'): readonly Node[] => {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Record<string | number, unknown>;
  return Object.keys(parent).flatMap((key) => {
    const name = Array.isArray(value) ? Number(key) : key;
    if (FREE.has(key)) return [];
    const at = `${pointer}/${escape(name)}`;
    return [{ parent, name, pointer: at }, ...nodesOf(parent[name], at)];
  });
};

/** What a value can be turned into that cannot stand where it stands. */
const wrongValues = ({ parent, name, pointer }: Node): readonly unknown[] => {
  const value = parent[name];
  const [property = ''] = pointer
    .split('/')
    .filter((part) => !/^\d+$/u.test(part))
    .slice(-1);
  if (property === 'type') return ['canaryType', 7];
  if (Array.isArray(value)) return ['canary, no list', 7, { canary: true }];
  if (typeof value === 'number') return [String(value), 'canary', [value]];
  if (typeof value === 'boolean') return ['canary', 0];
  if (typeof value === 'object' && value !== null) return wrongEntities(property, value);
  if (typeof value !== 'string') return [];
  if (TIME.test(value)) return [value.slice(0, 10), value.replace('Z', '+00:00'), 1_479_205_800];
  if (/^P[T\d]/u.test(value)) return ['2016-11-15T10:55:30.000Z', 'canary', 50];
  if (IRI.test(value) && !TEXT.has(property)) return ['canary, no IRI', 7, [value]];
  return [5_544_33, [value]];
};

const wrongEntities = (property: string, value: object): readonly unknown[] => {
  const { id, type, ...rest } = value as Record<string, unknown>;
  if (property === 'data') return ['canary', 7, null, rest];
  const wrong: unknown[] = ['canary, no IRI', 7, [value], { ...rest, id }];
  wrong.push({ ...value, ofItsOwn: 'canary' });
  if (!NO_ENTITY.includes(type)) wrong.push({ ...rest, type }, { ...value, id: 'canary' });
  if (!ANY_ENTITY.has(property)) wrong.push({ id: 'urn:canary', type: 'LearningObjective' });
  return wrong;
};

/** A document with one thing wrong, for each thing that can be. */
export function* breakages(document: unknown): Generator<Breakage> {
  for (const node of nodesOf(document)) {
    const { parent, name, pointer } = node;
    const right = parent[name];
    for (const wrong of wrongValues(node)) {
      parent[name] = wrong;
      yield { pointer, document };
    }
    parent[name] = right;
  }
}
