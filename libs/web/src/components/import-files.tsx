import type { ImportFile } from '#contracts';
import { useTexts } from '../texts.js';
import { State } from './mark.js';

/** Files of an upload that could not be read, or not to their end. */
export const FileProblems = ({ files }: { readonly files: readonly ImportFile[] }) => {
  const t = useTexts();
  const broken = files.flatMap((file) =>
    file.problem ? [{ ...file, problem: file.problem }] : [],
  );
  if (broken.length === 0) return null;
  return (
    <ul className="rows">
      {broken.map(({ number, name, problem: { row, reason, fix } }) => (
        <li key={number}>
          <strong dir="auto">{name}</strong>
          <State tone="fail" word={t.text('import.file.unread')} />
          <span>
            {row === undefined ? '' : `${t.text('import.file.row', { row })} `}
            {reason} {fix}
          </span>
        </li>
      ))}
    </ul>
  );
};
