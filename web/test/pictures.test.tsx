/** Photographs of telephones, made small enough in the browser; what cannot be is said in words. */
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Attachment } from "../src/api/types";
import { Uploads } from "../src/interview/Uploads";
import { inkBox, plainName, readyToSend, signatureToSend } from "../src/pictures";
import { SignatureFile } from "../src/signing/SignatureFile";
import { intercept, next } from "./wire";

const MB = 1024 * 1024;
const LIMITS = { bytes: 500_000, pixels: 25_000_000, types: ["image/png", "image/jpeg"] };
const ALLOWED = {
  content_types: ["application/pdf", "image/png", "image/jpeg"],
  endings: [".pdf", ".png", ".jpg"],
  largest: 10 * MB,
  most: 40,
  together: 100 * MB,
  pixels: 25_000_000,
  per_question: 5,
};

interface Canvas {
  width: number;
  height: number;
  source: number[];
}
const drawn: Canvas[] = [];
let shown: { width: number; height: number } | undefined; // what the browser makes of a file; undefined if nothing
let perPixel = 0.1; // bytes of a JPEG at full quality

/** jsdom neither decodes nor draws: this browser sees a gray page whose ink is in its middle. */
beforeEach(() => {
  drawn.length = 0;
  shown = { width: 4000, height: 3000 };
  perPixel = 0.1;
  vi.stubGlobal("createImageBitmap", async () => {
    if (!shown) throw new DOMException("no picture", "InvalidStateError");
    return { ...shown, close: () => undefined };
  });
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation(function (this: HTMLCanvasElement) {
    const { width, height } = this;
    const at = drawn.length;
    return {
      fillRect: () => undefined,
      drawImage: (_: unknown, ...source: number[]) => void (drawn[at] = { width, height, source }),
      getImageData: () => {
        const data = new Uint8ClampedArray(4 * width * height).fill(170);
        for (let x = Math.round(width * 0.45); x < width * 0.55; x++)
          data.fill(40, 4 * (Math.round(height / 2) * width + x), 4 * (Math.round(height / 2) * width + x) + 3);
        return { data };
      },
    } as unknown as CanvasRenderingContext2D;
  } as never);
  vi.spyOn(HTMLCanvasElement.prototype, "toBlob").mockImplementation(function (this: HTMLCanvasElement, done, type, q) {
    const size = Math.round(this.width * this.height * perPixel * Number(q));
    done(new Blob([new Uint8Array(size)], { type: type ?? "" }));
  });
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const file = (name: string, size: number, type: string) => new File([new Uint8Array(size)], name, { type });

function page(width: number, height: number, paper: (x: number) => number, ink: number): Uint8Array {
  const gray = new Uint8Array(width * height).map((_, at) => paper(at % width));
  for (let y = 100; y < 130; y++) for (let x = 200; x < 300; x++) if ((x - 200) % 10 < 2) gray[y * width + x] = ink;
  return gray;
}

test.each([
  ["white paper", () => 255, 0],
  ["gray paper", () => 150, 90],
  ["a pale pencil", () => 250, 228],
  ["the shadow of a hand", (x: number) => 240 - x / 4, 20],
  ["almost black", () => 40, 10],
])("ink is found on %s and all of it is inside the box", (_, paper, ink) => {
  const box = inkBox(page(400, 240, paper, ink), 400, 240);
  expect(box).toBeDefined();
  const { left = 999, top = 999, width = 0, height = 0 } = box ?? {};
  expect(left).toBeLessThanOrEqual(200);
  expect(top).toBeLessThanOrEqual(100);
  expect(left + width).toBeGreaterThanOrEqual(292);
  expect(top + height).toBeGreaterThanOrEqual(130);
  expect(width).toBeLessThan(200);
  expect(height).toBeLessThan(110);
});

test("an empty page has no ink, also in a shadow", () => {
  expect(inkBox(new Uint8Array(80 * 60).fill(255), 80, 60)).toBeUndefined();
  expect(
    inkBox(
      new Uint8Array(400 * 60).map((_, at) => 240 - (at % 400) / 4),
      400,
      60,
    ),
  ).toBeUndefined();
});

test("a signature's photograph is trimmed to its ink and fits the limit", async () => {
  const sent = await signatureToSend(file("IMG_1.JPG", 2 * MB, "image/jpeg"), LIMITS);
  expect(sent.type).toBe("image/jpeg");
  expect(sent.size).toBeLessThanOrEqual(LIMITS.bytes);
  const [left = 0, top = 0, width = 0, height = 0] = drawn[1]?.source ?? [];
  expect(left).toBeLessThan(1800);
  expect(left + width).toBeGreaterThan(2200);
  expect([width, height].every((side) => side < 1000)).toBe(true);
  expect(top).toBeLessThan(1500);
});

test("quality goes before size, and both until it fits", async () => {
  perPixel = 3;
  const sent = await signatureToSend(file("IMG_1.JPG", 5 * MB, "image/jpeg"), LIMITS);
  expect(sent.size).toBeLessThanOrEqual(LIMITS.bytes);
});

test.each([
  ["a small PNG", file("me.png", 900, "image/png")],
  ["a small JPEG under another name of its type", file("me.jpg", 900, "image/pjpeg")],
  ["a file without a type", file("me", 900, "")],
])("%s is sent as it is", async (_, chosen) => {
  expect(await signatureToSend(chosen, LIMITS)).toBe(chosen);
});

test("a small picture of another kind that the browser can show becomes a JPEG", async () => {
  expect((await signatureToSend(file("me.webp", 900, "image/webp"), LIMITS)).type).toBe("image/jpeg");
});

test("of a large file that is none, the beginning is enough to be told what it is", async () => {
  shown = undefined;
  const sent = await signatureToSend(file("IMG_1.HEIC", 3 * MB, ""), LIMITS);
  expect(sent.size).toBeLessThan(LIMITS.bytes);
  expect(sent.size).toBeGreaterThan(1000);
});

test("a signature is handed on once it is small, and only the newest one", async () => {
  const onImage = vi.fn();
  render(<SignatureFile limits={LIMITS} onImage={onImage} error={undefined} />);
  const input = screen.getByLabelText("Picture of your signature");
  expect(document.getElementById("signature-image-hint")?.textContent).toContain("488 KB");
  fireEvent.change(input, { target: { files: [file("first.jpg", 3 * MB, "image/jpeg")] } });
  fireEvent.change(input, { target: { files: [file("second.png", 90, "image/png")] } });
  await waitFor(() => expect(onImage).toHaveBeenCalledWith(expect.stringMatching(/^data:image\/png/)));
  await act(() => new Promise((done) => setTimeout(done, 50)));
  expect(onImage.mock.calls.filter(([image]) => image)).toHaveLength(1);
});

test("a picture that cannot be made smaller is said to be too large, with the way out", async () => {
  shown = undefined;
  const onImage = vi.fn();
  render(<SignatureFile limits={LIMITS} onImage={onImage} error={undefined} />);
  const chosen = file("me.jpg", 2 * MB, "image/jpeg");
  fireEvent.change(screen.getByLabelText("Picture of your signature"), { target: { files: [chosen] } });
  await screen.findByText(/take a screenshot of it/);
  expect(onImage).toHaveBeenCalledExactlyOnceWith(undefined);
});

test.each([
  ["a photograph", file("IMG_1.JPG", 6 * MB, "image/jpeg"), "IMG_1.jpg", "image/jpeg"],
  ["a WebP picture", file("shot.webp", 5000, "image/webp"), "shot.jpg", "image/jpeg"],
  ["a scan without a type", file("scan.png", 6 * MB, ""), "scan.jpg", "image/jpeg"],
])("%s among supporting files is made a JPEG of less than 2 MB", async (_, chosen, name, type) => {
  const sent = await readyToSend(chosen, ALLOWED);
  expect([sent.name, sent.type]).toEqual([name, type]);
  expect(sent.size).toBeLessThanOrEqual(2 * MB);
  expect(Math.max(drawn[0]?.width ?? 0, drawn[0]?.height ?? 0)).toBe(3000);
});

test.each([
  ["a PDF", file("ruling.pdf", 6 * MB, "application/pdf")],
  ["a small picture", file("ruling.png", 5000, "image/png")],
  ["a Word document", file("ruling.docx", 5 * MB, "application/msword")],
])("%s among supporting files is sent as it is", async (_, chosen) => {
  const sent = await readyToSend(chosen, ALLOWED);
  expect([sent.name, sent.type, sent.size]).toEqual([chosen.name, chosen.type, chosen.size]);
});

test("a picture that the browser cannot show goes to the API, which says what it is", async () => {
  shown = undefined;
  const sent = await readyToSend(file("IMG_1.heic", 5000, "image/heic"), ALLOWED);
  expect([sent.name, sent.type, sent.size]).toEqual(["IMG_1.heic", "image/heic", 5000]);
});

test("names are made such that every system takes them", () => {
  expect(plainName('Scan 11/28/26 "final": a?.pdf')).toBe("Scan 11-28-26 -final-- a-.pdf");
  expect(plainName("Bescheid Ärger 判決.pdf")).toBe("Bescheid Ärger 判決.pdf");
  const long = plainName(`${"a".repeat(300)}.PDF`);
  expect(long).toHaveLength(120);
  expect(long.endsWith("a.PDF")).toBe(true);
  expect([...plainName("🙂".repeat(300))]).toHaveLength(120);
});

function Question() {
  const [files, setFiles] = useState<Attachment[]>([]);
  return (
    <Uploads
      id="files"
      needed
      error={undefined}
      remark={undefined}
      allowed={ALLOWED}
      attached={[]}
      onAttached={vi.fn()}
      files={files}
      setFiles={setFiles}
      onWay={vi.fn()}
    />
  );
}

test("limits are told before the upload, and what is wrong with a refused file after it", async () => {
  intercept();
  render(<Question />);
  expect(document.getElementById("files-hint")?.textContent).toMatch(/10 MB.*25 megapixels.*5 files.*40 files.*100 MB/);
  const input = document.getElementById("files") as HTMLInputElement;
  expect(input.accept.split(",")).toEqual(expect.arrayContaining(["application/pdf", ".pdf", "image/*"]));
  fireEvent.change(input, { target: { files: [file("IMG/1.JPG", 6 * MB, "image/jpeg")] } });
  const announced = await next("POST", /attachments$/);
  expect(announced.body).toMatchObject({ file_name: "IMG-1.jpg", content_type: "image/jpeg" });
  const attachment = {
    attachment_id: "att_1",
    file_name: "IMG-1.jpg",
    content_type: "image/jpeg",
    size: 9,
    status: "AWAITED",
    reason: null,
    message: null,
  };
  announced.answer(201, { ...attachment, upload: { url: "https://storage.example/", fields: {} } });
  (await next("POST", "storage.example")).answer(201, {});
  const message = "This file ends too early: part of it is missing.";
  const judged = { ...attachment, status: "REJECTED", reason: "damaged", message };
  const looking = await next("POST", /complete$/);
  await act(async () => looking.answer(200, judged));
  await screen.findByText(message);
});
