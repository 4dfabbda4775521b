/** Choices that the same seed makes again. */
export interface Random {
  /** One of them; undefined where there is none. */
  of<T>(items: readonly T[]): T | undefined;
}

/** mulberry32 */
export function randomFrom(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { of: (items) => items[Math.floor(next() * items.length)] };
}
