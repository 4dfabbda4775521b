import { base, en, Faker } from '@faker-js/faker';

/** Chance that repeats itself: the same seed gives the same names, texts and decisions, in the order in which they are asked for. */
export class Chance {
  readonly fake = new Faker({ locale: [en, base] });

  constructor(seed: number) {
    this.fake.seed(seed);
  }

  /** From 0 up to, but not including, 1. */
  number(): number {
    return this.fake.number.float({ max: 1 - Number.EPSILON });
  }

  /** @param share how often it is true, 0..1 */
  yes(share: number): boolean {
    return this.number() < share;
  }

  pick<T>(items: readonly T[]): T {
    return this.fake.helpers.arrayElement(items);
  }

  shuffled<T>(items: readonly T[]): T[] {
    return this.fake.helpers.shuffle([...items]);
  }

  /** Most are near the median, a few are many times it. */
  lognormal(median: number, sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.number())) * Math.cos(2 * Math.PI * this.number());
    return median * Math.exp(sigma * normal);
  }
}

/** Draws items, each as often as its weight says. */
export class Weighted<T> {
  private readonly sums: number[] = [];

  constructor(
    private readonly items: readonly T[],
    weightOf: (item: T) => number,
  ) {
    let sum = 0;
    for (const item of items) {
      sum += weightOf(item);
      this.sums.push(sum);
    }
  }

  /** Undefined where there is nothing to draw from. */
  draw(chance: Chance): T | undefined {
    const at = chance.number() * (this.sums.at(-1) ?? 0);
    return this.items[this.firstAbove(at)];
  }

  /** At most `count` different items, fewer where luck is against it. */
  drawSome(chance: Chance, count: number): T[] {
    const drawn = new Set<T>();
    for (let tries = 0; drawn.size < count && tries < count * 4; tries += 1) {
      const item = this.draw(chance);
      if (item !== undefined) drawn.add(item);
    }
    return [...drawn];
  }

  private firstAbove(at: number): number {
    let [low, high] = [0, this.sums.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sums[middle] ?? Number.POSITIVE_INFINITY) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
