import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { carrier, dressAs } from "../src/carrier";
import { Frame } from "../src/components/Frame";
import { currentLanguage, speak } from "../src/i18n";
import { SessionProvider, usePacket, useSession } from "../src/session";
import { asked, intercept, next } from "./wire";

beforeEach(async () => {
  intercept();
  dressAs({ ...carrier(), languages: ["en", "es"] });
  await speak("en");
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const packet = (language: string | null, title: string) => ({
  language,
  sections: [{ title }],
  reminders: { on: true, stopped_at: null },
});
const look = () => next("GET", /packet$/);

function Title() {
  return <p>{usePacket().sections[0]?.title}</p>;
}

function Page() {
  return useSession().standing === "signed-in" ? <Title /> : null;
}

const opened = () =>
  render(
    <SessionProvider>
      <Frame>
        <Page />
      </Frame>
    </SessionProvider>,
  );

test("every call says the language of the screen", async () => {
  await speak("es");
  opened();
  expect((await look()).headers["Accept-Language"]).toBe("es");
});

test("the packet's language is spoken, and told to nobody", async () => {
  opened();
  (await look()).answer(200, packet("es", "Sobre usted"));
  await screen.findByText("Sobre usted");
  expect(currentLanguage()).toBe("es");
  expect(asked).toEqual([]);
});

test("a packet without a language takes the screen's, and is read again in it", async () => {
  await speak("es");
  opened();
  (await look()).answer(200, packet(null, "About you"));
  const told = await next("PUT", /packet.language$/);
  expect(told.body).toEqual({ language: "es" });
  told.answer(200, { language: "es" });
  (await look()).answer(200, packet("es", "Sobre usted"));
  await screen.findByText("Sobre usted");
});

test("a packet without a language is left alone by an English screen", async () => {
  opened();
  (await look()).answer(200, packet(null, "About you"));
  await screen.findByText("About you");
  expect(asked).toEqual([]);
});

test("the switch tells the packet, and what it says is read again", async () => {
  const hands = userEvent.setup();
  opened();
  (await look()).answer(200, packet("en", "About you"));
  await screen.findByText("About you");
  await hands.click(screen.getByRole("button", { name: "Español" }));
  (await look()).answer(200, packet("en", "About you"));
  const told = await next("PUT", /packet.language$/);
  expect(told.body).toEqual({ language: "es" });
  told.answer(200, { language: "es" });
  (await look()).answer(200, packet("es", "Sobre usted"));
  await screen.findByText("Sobre usted");
  expect(currentLanguage()).toBe("es");
});

test("what was chosen before the log-in stands over what the packet said before", async () => {
  const hands = userEvent.setup();
  opened();
  await hands.click(screen.getByRole("button", { name: "Español" }));
  (await look()).answer(200, packet("en", "About you"));
  const told = await next("PUT", /packet.language$/);
  expect(told.body).toEqual({ language: "es" });
  told.answer(200, { language: "es" });
  (await look()).answer(200, packet("es", "Sobre usted"));
  await screen.findByText("Sobre usted");
});

test("a packet that could not be told is told with the next reading, and the screen stays as chosen", async () => {
  const hands = userEvent.setup();
  opened();
  (await look()).answer(200, packet("en", "About you"));
  await screen.findByText("About you");
  await hands.click(screen.getByRole("button", { name: "Español" }));
  (await look()).answer(200, packet("en", "About you"));
  (await next("PUT", /packet.language$/)).answer(500);
  await hands.click(await screen.findByRole("button", { name: "English" }));
  (await look()).answer(200, packet("es", "Sobre usted"));
  const told = await next("PUT", /packet.language$/);
  expect(told.body).toEqual({ language: "en" });
  told.answer(200, { language: "en" });
  (await look()).answer(200, packet("en", "About me"));
  await screen.findByText("About me");
});

test("a language that the carrier does not offer is not spoken", async () => {
  dressAs({ ...carrier(), languages: ["en"] });
  opened();
  (await look()).answer(200, packet("es", "Sobre usted"));
  await screen.findByText("Sobre usted");
  expect(currentLanguage()).toBe("en");
});
