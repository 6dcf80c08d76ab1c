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

type TextPart = { str: string; hasEOL: boolean } | { type: string; id?: string };

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

/** The words of every marked piece of a page, by its id. */
async function pieces(page: PdfPage): Promise<Map<string, string>> {
  const content = await page.getTextContent({ includeMarkedContent: true });
  const found = new Map<string, string>();
  const open: (string | undefined)[] = [];
  for (const part of content.items as TextPart[]) {
    if ("str" in part) {
      const id = open.findLast((one) => one !== undefined);
      if (id) found.set(id, (found.get(id) ?? "") + part.str + (part.hasEOL ? " " : ""));
    } else if (part.type === "endMarkedContent") open.pop();
    else open.push(part.id);
  }
  return found;
}

/** The page's structure; without tags, its text as one paragraph. */
export async function structureOf(page: PdfPage): Promise<Block[]> {
  const [tree, words] = await Promise.all([page.getStructTree() as Promise<StructNode | null>, pieces(page)]);
  if (tree) {
    const found = blocks(tree, words);
    if (found.length > 0) return found;
  }
  const content = await page.getTextContent();
  const text = (content.items as { str?: string }[]).map((item) => item.str ?? "").join(" ");
  return text.trim() ? [{ role: "P", text: tidy(text), children: [] }] : [];
}

const tidy = (text: string) => text.replace(/\s+/g, " ").trim();

/** Everything said inside a node, in one line. */
function textIn(node: StructNode, words: Map<string, string>): string {
  if (node.type === "content") return words.get(node.id ?? "") ?? "";
  if (node.alt) return node.alt;
  return (node.children ?? []).map((child) => textIn(child, words)).join(" ");
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
    } else loose += ` ${textIn(child, words)}`;
  }
  settle();
  return found;
}
