/** Pictures of telephones and scanners made small enough to send: what the browser can show, it can write as JPEG. */

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const PHOTO_BYTES = 2 * 1024 * 1024; // a supporting picture beyond this is made smaller
const PHOTO_SIDE = 3000; // pixels: a page of paper at more than 250 dots per inch
const SIGNATURE_SIDE = 1800; // twice what a mark shows
const LOOKED_AT = 800; // pixels, the longer side of the copy in which ink is looked for
const FAINT = 8; // of 255: less is taken for paper
const NAMED_BY = 64 * 1024; // bytes
const NAME_LENGTH = 120;
const QUALITIES = [0.9, 0.8, 0.65, 0.5];

/** A supporting file as it is sent: large photographs smaller, pictures of other kinds as JPEG, the rest as it is. */
export async function readyToSend(file: File, taken: { largest: number; content_types: string[] }): Promise<File> {
  const named = new File([file], plainName(file.name), { type: file.type });
  const foreign = /^image\//.test(file.type) && !taken.content_types.includes(sameType(file.type));
  if (!foreign && !(isPicture(file) && file.size > PHOTO_BYTES)) return named;
  const picture = await opened(file);
  if (!picture) return named;
  try {
    const blob = await asJpeg(picture, whole(picture), PHOTO_SIDE, Math.min(PHOTO_BYTES, taken.largest));
    if (!blob) return named;
    const name = named.name.replace(/\.[^.]*$/, "");
    return new File([blob], `${name}.jpg`, { type: "image/jpeg" });
  } finally {
    picture.close();
  }
}

/**
 * A picture of a signature of at most so many bytes, without the paper around it; as it is if it fits. Of a large file
 * that the browser cannot show, the beginning: by that the API tells what it is.
 */
export async function signatureToSend(file: File, taken: { bytes: number; types: string[] }): Promise<Blob> {
  const fits = file.size <= taken.bytes;
  if (fits && (!file.type || taken.types.includes(sameType(file.type)))) return file;
  const picture = await opened(file);
  if (!picture) return fits || isPicture(file) ? file : file.slice(0, NAMED_BY);
  try {
    return (await asJpeg(picture, inkOf(picture), SIGNATURE_SIDE, taken.bytes)) ?? file;
  } finally {
    picture.close();
  }
}

/** A name that every system takes: without the signs that separate folders, not too long, its ending kept. */
export function plainName(name: string): string {
  const plain = name.replace(/[\p{Cc}<>:"/\\|?*]/gu, "-").normalize("NFC");
  const letters = [...plain];
  if (letters.length <= NAME_LENGTH) return plain;
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(plain)?.[0] ?? "";
  return letters.slice(0, NAME_LENGTH - ending.length).join("") + ending;
}

/** Where something stands out from the paper around it, with a margin; undefined if nothing does. `gray` goes by rows. */
export function inkBox(gray: ArrayLike<number>, width: number, height: number): Box | undefined {
  const around = Math.max(4, Math.round(Math.max(width, height) / 40));
  const sums = new Float64Array((width + 1) * (height + 1)); // of everything to the left and above
  for (let y = 0; y < height; y++)
    for (let x = 0, row = 0; x < width; x++) {
      row += gray[y * width + x] ?? 0;
      sums[(y + 1) * (width + 1) + x + 1] = (sums[y * (width + 1) + x + 1] ?? 0) + row;
    }
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [x0, x1] = [Math.max(0, x - around), Math.min(width, x + around + 1)];
      const [y0, y1] = [Math.max(0, y - around), Math.min(height, y + around + 1)];
      const at = (row: number, column: number) => sums[row * (width + 1) + column] ?? 0;
      const paper = (at(y1, x1) - at(y0, x1) - at(y1, x0) + at(y0, x0)) / ((x1 - x0) * (y1 - y0));
      if (Math.abs(paper - (gray[y * width + x] ?? 0)) < FAINT) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  if (right < 0) return undefined;
  [left, top] = [Math.max(0, left - around), Math.max(0, top - around)];
  return {
    left,
    top,
    width: Math.min(width, right + around + 1) - left,
    height: Math.min(height, bottom + around + 1) - top,
  };
}

const isPicture = (file: File) =>
  ["image/jpeg", "image/png"].includes(sameType(file.type)) || /\.(jpe?g|jpe|jfif|png)$/i.test(file.name);

/** The type under the one name that the API uses for it; a type of another kind as it is. */
function sameType(type: string): string {
  const [plain = ""] = type.toLowerCase().split(";");
  if (/^image\/(x-)?(p?jpe?g|jpe|jfif)$/.test(plain.trim())) return "image/jpeg";
  return /^image\/(x-png|apng)$/.test(plain.trim()) ? "image/png" : plain.trim();
}

/** The picture upright, as the browser shows it; undefined if it cannot. */
const opened = (file: File): Promise<ImageBitmap | undefined> =>
  createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => undefined);

const whole = ({ width, height }: ImageBitmap): Box => ({ left: 0, top: 0, width, height });

function inkOf(picture: ImageBitmap): Box {
  const canvas = drawn(picture, whole(picture), LOOKED_AT);
  const { width, height } = canvas;
  const data = canvas.getContext("2d")?.getImageData(0, 0, width, height).data ?? [];
  const gray = new Uint8Array(width * height).map((_, at) =>
    Math.round(0.299 * (data[4 * at] ?? 0) + 0.587 * (data[4 * at + 1] ?? 0) + 0.114 * (data[4 * at + 2] ?? 0)),
  );
  const box = inkBox(gray, width, height);
  if (!box) return whole(picture);
  const [across, down] = [picture.width / width, picture.height / height];
  return { left: box.left * across, top: box.top * down, width: box.width * across, height: box.height * down };
}

/** The part of a picture on white paper, at most so many pixels long. */
function drawn(picture: ImageBitmap, { left, top, width, height }: Box, longest: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const scale = Math.min(1, longest / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext("2d");
  if (pen) {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, left, top, width, height, 0, 0, canvas.width, canvas.height);
  }
  return canvas;
}

/** As good a JPEG as fits into so many bytes; undefined if none does. */
async function asJpeg(picture: ImageBitmap, part: Box, longest: number, most: number): Promise<Blob | undefined> {
  for (let side = longest; side > 300; side /= 1.5) {
    const canvas = drawn(picture, part, side);
    for (const quality of QUALITIES) {
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (blob && blob.size <= most) return blob;
    }
  }
  return undefined;
}
