// Where the ten nodes are drawn. In: nothing. Out: places, in units of a box that is stretched.

/**
 * Where nodes lie, in a box of so many units, from left to right; where it is narrow, there and back. Names stand above
 * a node and derivatives below, but for those that have both on one side, since an arrow comes from the other.
 * @typedef {{ box: [number, number], radius: number, spots: Record<string, [number, number]>, shares: Record<string,
 *   number>, above: string, below: string }} Layout shares: how far along an arrow its factor stands, if not half-way
 * @type {Record<"wide" | "narrow", Layout>}
 */
export const LAYOUTS = {
  wide: {
    box: [828, 320],
    radius: 23,
    spots: {
      w: [44, 55],
      x: [44, 255],
      b: [186, 38],
      u: [186, 165],
      z: [306, 110],
      h: [440, 110],
      y: [548, 185],
      t: [548, 282],
      e: [664, 225],
      L: [784, 225],
    },
    shares: { xu: 0.58, uz: 0.6, bz: 0.46, hy: 0.4, xy: 0.62, te: 0.57 },
    above: "",
    below: "",
  },
  narrow: {
    box: [350, 336],
    radius: 18,
    spots: {
      w: [40, 44],
      x: [40, 200],
      b: [118, 36],
      u: [122, 136],
      z: [222, 100],
      h: [312, 100],
      y: [285, 190],
      t: [285, 300],
      e: [160, 278],
      L: [55, 278],
    },
    shares: { xu: 0.64, te: 0.55 },
    above: "h",
    below: "y",
  },
};
export const WIDE = 640; // pixels, at which there is room for the wide one
