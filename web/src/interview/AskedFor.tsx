import type { Section } from "../api/types";
import { idOf } from "./ask";
import { labelOf } from "./model";

/** The answers a correction asks about, each leading to its field. */
export function AskedFor({ paths, section }: { paths: string[]; section: Section }) {
  if (paths.length === 0) return null;
  return (
    <ul>
      {paths.map((path) => (
        <li key={path}>
          <a
            href={`#${idOf(path)}`}
            onClick={(event) => {
              event.preventDefault();
              document.getElementById(idOf(path))?.focus();
            }}
          >
            {labelOf(section, path)}
          </a>
        </li>
      ))}
    </ul>
  );
}
