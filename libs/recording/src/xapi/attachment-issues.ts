import type { Issue } from '#kernel';
import type { Statement, StatementAttachment } from '../domain/xapi-statement.js';

/**
 * What is wrong between statements and the contents sent with them, by their hashes (1.0.3 part 3
 * §1.5.1 and §1.5.2): each attachment is at a place of its own (`fileUrl`) or was sent, and what
 * was sent belongs to a statement. With a body of plain JSON nothing was sent.
 */
export const attachmentIssues = (
  statements: readonly Statement[],
  sent: ReadonlySet<string>,
  pointerTo: (n: number) => string,
): readonly Issue[] => {
  const issues: Issue[] = [];
  const unnamed = new Set(sent);
  const look = (attachments: readonly StatementAttachment[] | undefined, at: string): void => {
    for (const [n, { sha2, fileUrl }] of attachments?.entries() ?? []) {
      unnamed.delete(sha2.toLowerCase());
      if (fileUrl === undefined && !sent.has(sha2.toLowerCase()))
        issues.push({
          pointer: `${at}/attachments/${n}/sha2`,
          detail: 'No content with this hash was sent, and there is no "fileUrl".',
        });
    }
  };
  for (const [n, { object, attachments }] of statements.entries()) {
    const at = `#${pointerTo(n)}`;
    look(attachments, at);
    if (object.objectType === 'SubStatement') look(object.attachments, `${at}/object`);
  }
  if (unnamed.size > 0)
    issues.push({ pointer: '#', detail: 'A part is the attachment of no statement.' });
  return issues;
};
