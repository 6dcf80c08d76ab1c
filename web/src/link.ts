/**
 * The links of our mails, as programs and people leave them: encoded, quoted, broken over lines, doubled, with tracking
 * behind them. Only the secret's own characters count; whatever else an address holds, it is ours to open the portal.
 */

/** What a link of a mail opens. */
export type Kind = "invitation" | "reminders";

export interface Found {
  kind: Kind;
  /** Shorter than a secret is where part of the link was lost. */
  secret: string;
}

/** Characters of a secret: 32 bytes in base64url (RFC 4648, 5). */
export const SECRET_LENGTH = 43;
const LINK = /(?:^|[/\\#])(invitation|reminders)(?:[/\\][^A-Za-z0-9_-]*([A-Za-z0-9_-]*))?/gi;
const ENCODED = /(?:%[0-9a-f]{2})+/gi;
const ROUNDS = 4;
// Soft line breaks of quoted-printable (RFC 2045, 6.7), blanks of every kind, and characters that nobody sees.
const NOTHING = /=\r?\n|[\s\p{Cf}\p{Cc}]/gu;

const decoded = (text: string): string =>
  text.replace(ENCODED, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });

/** As it was before anyone encoded it, however often that was. */
function plain(address: string): string {
  let text = address;
  for (let round = 0; round < ROUNDS; round++) {
    const before = decoded(text);
    if (before === text) break;
    text = before;
  }
  // Programs that write letters turn hyphens into dashes.
  return text
    .replace(NOTHING, "")
    .replace(/\u2014/g, "--")
    .replace(/[\u2010-\u2013\u2212]/g, "-")
    .normalize("NFKC");
}

/** The link that an address holds; undefined if it holds none of ours. */
export function linkIn(address: string): Found | undefined {
  const found = [...plain(address).matchAll(LINK)].map((one): Found => {
    return { kind: one[1]?.toLowerCase() as Kind, secret: (one[2] ?? "").slice(0, SECRET_LENGTH) };
  });
  return found.find(isWhole) ?? found[0];
}

export const isWhole = ({ secret }: Found): boolean => secret.length === SECRET_LENGTH;

/**
 * Where in the portal an address leads, as it stands behind the #. Paths of ours that lost their # lead there as well.
 */
export function placeIn({ pathname, search, hash }: Pick<Location, "pathname" | "search" | "hash">): string {
  const found = linkIn(pathname + search + hash);
  if (found) return `/${found.kind}/${found.secret}`;
  if (hash.length > 1) return hash.slice(1);
  return plain(pathname).replace(/^[/#]*(index\.html)?/, "/");
}
