import kafkajs, { type Admin, type AclEntry } from 'kafkajs';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

type Resource = Pick<AclEntry, 'resourceType' | 'resourceName' | 'resourcePatternType'>;

const allow = (user: string, operation: AclEntry['operation'], resource: Resource): AclEntry => ({
  principal: `User:${user}`,
  host: '*',
  operation,
  permissionType: AclPermissionTypes.ALLOW,
  ...resource,
});

/**
 * The rules by which a client may write its intake topic and read its answers, in consumer groups
 * whose names begin with its id. Its user is called as it is. First we let ourselves in: a topic
 * with rules is closed to whoever they do not name. Repeating it changes nothing.
 */
export const admit = async (
  admin: Admin,
  ourselves: string,
  client: string,
  { writes, reads }: { readonly writes: string; readonly reads: string },
): Promise<void> => {
  const { WRITE, READ, DESCRIBE, ALL } = AclOperationTypes;
  const topic = (name: string): Resource => ({
    resourceType: AclResourceTypes.TOPIC,
    resourceName: name,
    resourcePatternType: ResourcePatternTypes.LITERAL,
  });
  const groups: Resource = {
    resourceType: AclResourceTypes.GROUP,
    resourceName: `${client}.`,
    resourcePatternType: ResourcePatternTypes.PREFIXED,
  };
  const acl = [
    allow(ourselves, ALL, topic(writes)),
    allow(ourselves, ALL, topic(reads)),
    allow(client, WRITE, topic(writes)),
    allow(client, DESCRIBE, topic(writes)),
    allow(client, READ, topic(reads)),
    allow(client, DESCRIBE, topic(reads)),
    allow(client, READ, groups),
  ];
  try {
    await admin.createAcls({ acl });
  } catch (error) {
    if ((error as { type?: string }).type !== 'SECURITY_DISABLED') throw error;
  }
};
