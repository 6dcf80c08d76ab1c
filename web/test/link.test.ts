import { expect, test } from "vitest";
import { linkIn, placeIn, SECRET_LENGTH } from "../src/link";

const SECRET = "Ab3_-dEf9hIjKlMnOpQrStUvWxYz0123456789-_AbC";
const WHOLE = { kind: "invitation", secret: SECRET };
const at = (address: string) => {
  const { pathname, search, hash } = new URL(address, "https://portal.example.com");
  return placeIn({ pathname, search, hash });
};
const encoded = (text: string) =>
  [...text].map((one) => `%${one.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");

test("a secret of this test is as long as a real one", () => expect(SECRET).toHaveLength(SECRET_LENGTH));

test.each([
  ["as it was mailed", `/#/invitation/${SECRET}`],
  ["the path of a scanner", `/%23/invitation/${SECRET}`],
  ["encoded twice", `/%2523/invitation/${SECRET}`],
  ["encoded with its slashes", `/#%2Finvitation%2F${SECRET}`],
  ["encoded in capitals and small letters", `/%23%2finvitation%2F${SECRET}`],
  ["encoded sign by sign", `/#/invitation/${encoded(SECRET)}`],
  ["a path without its #", `/invitation/${SECRET}`],
  ["a # without its slash", `/#invitation/${SECRET}`],
  ["slashes doubled", `//#//invitation//${SECRET}/`.replace("//#", "/#")],
  ["a period behind", `/#/invitation/${SECRET}.`],
  ["several signs behind", `/#/invitation/${SECRET}!?...`],
  ["a bracket behind", `/#/invitation/${SECRET})`],
  ["an angle behind", `/#/invitation/${SECRET}>`],
  ["an encoded angle behind", `/#/invitation/${SECRET}%3E`],
  ["a quote behind", `/#/invitation/${SECRET}"`],
  ["typographic quotes around", `/#/invitation/“${SECRET}”`],
  ["an apostrophe behind", `/#/invitation/${SECRET}’s`],
  ["a comma and a word behind", `/#/invitation/${SECRET}, thanks`],
  ["brackets around", `/#/invitation/<${SECRET}>`],
  ["stars of a text mail", `/#/invitation/*${SECRET}*`],
  ["tracking behind", `/#/invitation/${SECRET}?utm_source=mail&utm_campaign=invitation`],
  ["tracking without a question mark", `/#/invitation/${SECRET}&fbclid=IwAR0abc`],
  ["tracking before the #", `/?utm_source=mail&gclid=1#/invitation/${SECRET}`],
  ["a blank inside", `/#/invitation/${SECRET.slice(0, 20)} ${SECRET.slice(20)}`],
  ["an encoded blank inside", `/#/invitation/${SECRET.slice(0, 20)}%20${SECRET.slice(20)}`],
  ["an encoded line break inside", `/#/invitation/${SECRET.slice(0, 20)}%0D%0A${SECRET.slice(20)}`],
  ["a soft line break inside", `/#/invitation/${SECRET.slice(0, 20)}=%0D%0A${SECRET.slice(20)}`],
  ["an indented line inside", `/#/invitation/${SECRET.slice(0, 20)}%0A%09 ${SECRET.slice(20)}`],
  ["a no-break blank inside", `/#/invitation/${SECRET.slice(0, 20)}\u00a0${SECRET.slice(20)}`],
  ["characters that nobody sees", `/#/invitation/\u200b${SECRET.slice(0, 20)}\u00ad\u2060${SECRET.slice(20)}\u200e`],
  ["hyphens made dashes", `/#/invitation/${SECRET.replace(/-/g, "\u2011")}`],
  ["doubled behind the #", `/#/invitation/${SECRET}#/invitation/${SECRET}`],
  ["the whole link behind the #", `/#/invitation/https://portal.example.com/#/invitation/${SECRET}`],
  ["an upper-cased scheme behind the #", `/#/invitation/HTTPS://PORTAL.EXAMPLE.COM/#/invitation/${SECRET}`],
  ["in a wrapper's parameter", `/?url=https%3A%2F%2Fportal.example.com%2F%23%2Finvitation%2F${SECRET}&data=05`],
  ["the word in capitals", `/#/INVITATION/${SECRET}`],
  ["a broken code behind", `/#/invitation/${SECRET}%E0%A4%A`],
  ["a path of its own behind", `/#/invitation/${SECRET}/start`],
  ["a page before it", `/index.html#/invitation/${SECRET}`],
])("a link opens with %s", (_, address) => {
  expect(at(address)).toBe(`/invitation/${SECRET}`);
});

test("the address's own scheme may be in capitals", () => {
  expect(at(`HTTPS://PORTAL.EXAMPLE.COM/%23/invitation/${SECRET}.`)).toBe(`/invitation/${SECRET}`);
});

test("of two links the whole one counts", () => {
  expect(linkIn(`/#/invitation/abc#/invitation/${SECRET}`)).toEqual(WHOLE);
  expect(linkIn(`/#/invitation/${SECRET}#/invitation/abc`)).toEqual(WHOLE);
});

test("a link to stop reminders is read the same way", () => {
  expect(at(`/%23/reminders/${SECRET}.`)).toBe(`/reminders/${SECRET}`);
});

test.each([
  ["cut short", `/#/invitation/${SECRET.slice(0, 30)}`, `/invitation/${SECRET.slice(0, 30)}`],
  ["without its secret", "/#/invitation/", "/invitation/"],
  ["without anything behind it", "/#/invitation", "/invitation/"],
])("a link that is %s says so by its secret", (_, address, place) => {
  expect(at(address)).toBe(place);
});

test.each([
  ["/", "/"],
  ["/?utm_campaign=invitation", "/"],
  ["/index.html", "/"],
  ["/#/interview/agent", "/interview/agent"],
  ["/#/print/W-9", "/print/W-9"],
  ["/%23/status", "/status"],
  ["/nowhere/at/all", "/nowhere/at/all"],
  ["/%E0%A4%A", "/%E0%A4%A"],
  ["/#%E0%A4%A", "%E0%A4%A"],
])("an address without a link leads where it says: %s", (address, place) => {
  expect(at(address)).toBe(place);
});

test("no address throws", () => {
  const signs = ["%", "#", "/", "\\", "\0", "\ud800", "invitation", "%0", "%ff", "\u202e", "?", "&", "=", "é", SECRET];
  for (let seed = 1; seed < 3000; seed++) {
    const parts = Array.from({ length: seed % 9 }, (_, place) => signs[(seed * (place + 7) * 31) % signs.length]);
    const cut = (seed * 17) % (parts.length + 1);
    expect(() =>
      placeIn({ pathname: `/${parts.slice(0, cut).join("")}`, search: "", hash: `#${parts.slice(cut).join("")}` }),
    ).not.toThrow();
  }
});
