import type { ReactNode } from 'react';

interface TableProps {
  readonly label: string;
  readonly head: readonly string[];
  /** A row with fewer cells than there are columns has its last cell across the rest. */
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
  /** The first cell of a row says what the row is about. */
  readonly hasRowHeads?: boolean;
}

/** A table that scrolls by itself where the screen is narrow, also by keyboard. */
export const ScrollTable = ({ label, head, rows, hasRowHeads = false }: TableProps) => (
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- how a keyboard reaches what is cut off
  <div className="scroll" role="group" aria-label={label} tabIndex={0}>
    <table>
      <thead>
        <tr>
          {head.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells }) => (
          <tr key={key}>
            {cells.map((cell, n) => {
              const isLast = n === cells.length - 1 && cells.length < head.length;
              if (hasRowHeads && n === 0)
                return (
                  <th key="head" scope="row" dir="auto">
                    {cell}
                  </th>
                );
              return (
                // oxlint-disable-next-line react/no-array-index-key -- cells have no names but their places
                <td key={n} dir="auto" colSpan={isLast ? head.length - n : undefined}>
                  {cell}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
