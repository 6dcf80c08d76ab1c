/** A tagged PDF as plain structure: headings, paragraphs, lists and tables, in reading order, without its layout. */
import type { PdfPage } from "./pdf";

export interface Block {
  role: string;
  text: string;
  children: Block[];
}

interface StructNode {
  role?: string;
  alt?: string;
  type?: string;
  id?: string;
  children?: StructNode[];
}

type Text = { str: string; hasEOL: boolean; width: number };
/** A piece begins or ends. `actualText` stands for everything inside it (web/replacementText.ts). */
type Edge = { type: string; id?: string | null; actualText?: string | null };

const SKIPPED = new Set(["Artifact"]);
const HEADING = /^H[1-6]?$/;
/** Roles that stand for themselves; everything else only groups. */
const BLOCKS = new Set([
  "P",
  "L",
  "LI",
  "Table",
  "TR",
  "TH",
  "TD",
  "Caption",
  "BlockQuote",
  "Note",
  "Code",
  "Lbl",
  "LBody",
  "Title",
]);

export const isHeading = (role: string): boolean => HEADING.test(role) || role === "Title";

/** Narrower than any blank, in points: what pdf.js measures where nothing is drawn. */
const NO_ROOM = 0.001;

/** Where a line may end within a word: "2019-" and "2020". */
const WITHIN_WORD = /[\p{L}\p{N}][-\u2010\u2013\u2014/]$/u;

/** A piece that is open: the id that its words go to, and the text that replaces what is drawn in it. */
interface Piece {
  id: string | undefined;
  replaced: string | undefined;
}

/**
 * The words of every marked piece of a page, by its id. A piece without an id belongs to the one around it. Of pieces in
 * each other that have replacement text the outermost counts.
 */
export function pieces(items: (Text | Edge)[]): Map<string, string> {
  const found = new Map<string, string>();
  const open: Piece[] = [];
  let unsaid: string | undefined; // replacement text of which nothing is drawn yet
  let said = "";
  const say = (text: string) => {
    const id = open.at(-1)?.id;
    if (id) found.set(id, (found.get(id) ?? "") + text);
    said = text || said;
  };
  for (const item of items) {
    const around = open.at(-1);
    if ("str" in item) {
      const blank = item.str.trim() === "";
      const text = around?.replaced === undefined || blank ? item.str : (unsaid ?? "");
      if (blank) {
        if (item.width > NO_ROOM && (around?.replaced === undefined || unsaid !== undefined)) say(text);
      } else {
        // An accent from another font than its letter takes no room and has the whole letter as its text once more.
        const repeated = item.width <= NO_ROOM && text !== "" && said.endsWith(text);
        const apart = around?.replaced !== undefined && text !== "" && item.str.startsWith(" ") ? " " : "";
        if (!repeated) say(apart + text);
        unsaid = undefined;
      }
      if (item.hasEOL && !WITHIN_WORD.test(said)) say(" ");
    } else if (item.type === "endMarkedContent") {
      if (unsaid !== undefined && open.at(-2)?.replaced === undefined) {
        say(unsaid);
        unsaid = undefined;
      }
      open.pop();
    } else {
      const replaced = around?.replaced ?? item.actualText ?? undefined;
      if (around?.replaced === undefined) unsaid = replaced;
      open.push({ id: item.id ?? around?.id, replaced });
    }
  }
  return found;
}

/** The page's structure; without tags, its text as one paragraph. */
export async function structureOf(page: PdfPage): Promise<Block[]> {
  const [tree, { items }] = await Promise.all([
    page.getStructTree() as Promise<StructNode | null>,
    page.getTextContent({ includeMarkedContent: true, disableNormalization: true }),
  ]);
  const words = pieces(items as (Text | Edge)[]);
  if (tree) {
    const found = blocks(tree, words);
    if (found.length > 0) return found;
  }
  const content = await page.getTextContent({ disableNormalization: true });
  const text = (content.items as { str?: string }[]).map((item) => item.str ?? "").join(" ");
  return text.trim() ? [{ role: "P", text: tidy(text), children: [] }] : [];
}

const tidy = (text: string) => text.replace(/\s+/g, " ").trim().normalize("NFC");

/** Everything said inside a node, in one line. Its parts bring the blanks between them: a word may be drawn in several. */
function textIn(node: StructNode, words: Map<string, string>): string {
  if (node.type === "content") return words.get(node.id ?? "") ?? "";
  if (node.alt) return node.alt;
  return (node.children ?? []).map((child) => textIn(child, words)).join("");
}

const holdsBlocks = (node: StructNode): boolean =>
  (node.children ?? []).some(
    (child) => (child.role !== undefined && (BLOCKS.has(child.role) || isHeading(child.role))) || holdsBlocks(child),
  );

function blocks(node: StructNode, words: Map<string, string>): Block[] {
  const found: Block[] = [];
  let loose = "";
  const settle = () => {
    if (tidy(loose)) found.push({ role: "P", text: tidy(loose), children: [] });
    loose = "";
  };
  for (const child of node.children ?? []) {
    const role = child.role ?? "";
    if (SKIPPED.has(role)) continue;
    if (BLOCKS.has(role) || isHeading(role)) {
      settle();
      const nested = holdsBlocks(child) ? blocks(child, words) : [];
      const text = nested.length > 0 ? "" : tidy(textIn(child, words));
      if (text || nested.length > 0) found.push({ role, text, children: nested });
    } else if (holdsBlocks(child)) {
      settle();
      found.push(...blocks(child, words));
    } else loose += textIn(child, words);
  }
  settle();
  return found;
}
