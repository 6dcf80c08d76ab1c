import { useEffect, useState, type ReactNode } from "react";
import { t } from "../i18n";
import type { Pdf } from "./pdf";
import { type Block, isHeading, structureOf } from "./structure";

interface Props {
  pdf: Pdf;
  /** Told once the text stands. */
  onDrawn: (() => void) | undefined;
}

/** The document as text that flows: for screen readers, narrow screens and large print. */
export function TextVersion({ pdf, onDrawn }: Props) {
  const [pages, setPages] = useState<Block[][]>();
  useEffect(() => {
    let wanted = true;
    const read = async () => {
      const found: Block[][] = [];
      for (let number = 1; number <= pdf.numPages; number++) found.push(await structureOf(await pdf.getPage(number)));
      if (wanted) setPages(found);
    };
    void read().catch(() => undefined);
    return () => {
      wanted = false;
    };
  }, [pdf]);
  useEffect(() => {
    if (pages) onDrawn?.();
  }, [pages, onDrawn]);
  if (!pages) return <p className="waiting">{t("loading")}</p>;
  return (
    <div className="text-version prose" lang="en">
      {pages.map((blocks, index) => (
        <section key={index} aria-label={t("document.page", { n: index + 1, all: pages.length })}>
          <Blocks blocks={blocks} />
        </section>
      ))}
    </div>
  );
}

function Blocks({ blocks }: { blocks: Block[] }): ReactNode {
  return blocks.map((block, index) => <OneBlock key={index} block={block} />);
}

function OneBlock({ block }: { block: Block }): ReactNode {
  const inside = block.children.length > 0 ? <Blocks blocks={block.children} /> : block.text;
  if (isHeading(block.role)) {
    // The screen's own title is level 1 and the document's place on it level 2.
    return Number(block.role.slice(1) || 1) <= 1 ? <h3>{inside}</h3> : <h4>{inside}</h4>;
  }
  switch (block.role) {
    case "L":
      return (
        <ul>
          {block.children.map((item, index) => (
            <li key={index}>{item.children.length > 0 ? <Blocks blocks={item.children} /> : item.text}</li>
          ))}
        </ul>
      );
    case "Lbl":
    case "LBody":
    case "LI":
      return <span>{inside} </span>;
    case "Table":
      return (
        <div className="table-scroll" role="region" aria-label={t("document.table")} tabIndex={0}>
          <table>
            <tbody>
              {rowsOf(block).map((row, index) => (
                <tr key={index}>
                  {row.children.map((cell, place) =>
                    cell.role === "TH" ? (
                      <th key={place}>{cell.text || <Blocks blocks={cell.children} />}</th>
                    ) : (
                      <td key={place}>{cell.text || <Blocks blocks={cell.children} />}</td>
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    default:
      return block.children.length > 0 ? <div>{inside}</div> : <p>{inside}</p>;
  }
}

const rowsOf = (block: Block): Block[] =>
  block.children.flatMap((child) => (child.role === "TR" ? [child] : rowsOf(child)));
