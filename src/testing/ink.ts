/** What is drawn on a canvas. */

/** A pixel, each channel from 0 to 255. */
export type Pixel = readonly [red: number, green: number, blue: number, alpha: number];

/** Every pixel that is not transparent, by column. */
export function inkOf(canvas: HTMLCanvasElement): Pixel[][] {
  const { width, height } = canvas;
  const pixels = canvas.getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
  return Array.from({ length: width }, (_, x) =>
    Array.from({ length: height }, (_, y) => (y * width + x) * 4)
      .map((i): Pixel => [pixels[i] ?? 0, pixels[i + 1] ?? 0, pixels[i + 2] ?? 0, pixels[i + 3] ?? 0])
      .filter(([, , , alpha]) => alpha > 0),
  );
}

/** True when anything is drawn. */
export function hasInk(canvas: HTMLCanvasElement): boolean {
  return inkOf(canvas).some((column) => column.length > 0);
}

/** The colour of the most opaque pixel. */
export function lineColor(canvas: HTMLCanvasElement): Pixel | undefined {
  return inkOf(canvas)
    .flat()
    .reduce<Pixel | undefined>((most, pixel) => (most && most[3] >= pixel[3] ? most : pixel), undefined);
}
