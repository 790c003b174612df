/**
 * A picture's ink, small. Loaded with the first picture that a reader chooses.
 *
 * In: a file. Out: numbers from 0 to 1, row by row.
 */
import { DemoError } from "../common/errors.js";

const FINE = 16; // samples along a pixel: the mean of them is its ink

/** @param {File} file @param {[number, number]} shape @returns {Promise<Float32Array>} */
export async function readImage(file, [rows, columns]) {
  const image = await createImageBitmap(file).catch(() => {
    throw new DemoError(
      `${file.name} cannot be read as a picture. PNG, JPEG, GIF and WebP can, unless they are very large.`,
    );
  });
  const [width, height] = [columns * FINE, rows * FINE];
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new DemoError("This browser gives the page nothing to draw on.");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  const scale = Math.min(width / image.width, height / image.height);
  const [across, along] = [image.width * scale, image.height * scale];
  context.imageSmoothingQuality = "high";
  context.drawImage(image, (width - across) / 2, (height - along) / 2, across, along);
  image.close();
  return inkOf(context.getImageData(0, 0, width, height).data, width, [rows, columns]);
}

/** @param {Uint8ClampedArray} pixels red, green, blue, alpha @param {number} width @param {[number, number]} shape */
function inkOf(pixels, width, [rows, columns]) {
  const ink = new Float32Array(rows * columns);
  for (let i = 0; i < pixels.length / 4; i++) {
    const [red, green, blue] = pixels.subarray(4 * i, 4 * i + 3);
    const light = (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255; // Rec. 709, of the values as they are stored
    const pixel = Math.floor(Math.floor(i / width) / FINE) * columns + Math.floor((i % width) / FINE);
    ink[pixel] += (1 - light) / FINE ** 2;
  }
  return ink.map((each) => Math.min(1, Math.max(0, Math.round(each * 1000) / 1000)));
}
