/** Items in their order, as many together as weigh no more than `most`; one that weighs more by itself is alone. */
export function portions<T>(items: Iterable<T>, weightOf: (item: T) => number, most: number): T[][] {
  const result: T[][] = [];
  let weight = 0;
  for (const item of items) {
    weight += weightOf(item);
    const last = result.at(-1);
    if (last && weight <= most) last.push(item);
    else {
      result.push([item]);
      weight = weightOf(item);
    }
  }
  return result;
}
