import { median } from './load.js';

export interface Figure {
  name: string;
  /** What was measured in each round, beside the floor of the same round where there is one. */
  rounds: Array<{ value: number; floor?: number }>;
  unit: string;
  /** What the design asks for, in words; for a ratio `ratio` is the number to reach. */
  target: string;
  ratio?: number;
}

/** Prints a figure: median of the rounds, each round, and where there is a floor the median of the ratios. */
export function printFigure({ name, rounds, unit, target, ratio }: Figure): void {
  const values = rounds.map(({ value }) => value);
  const each = rounds.map(({ value, floor }) => `${round(value)}${floor === undefined ? '' : ` / ${round(floor)}`}`);
  console.log(`\n${name}`);
  console.log(`  median ${round(median(values))} ${unit}   rounds: ${each.join(', ')}`);
  if (ratio !== undefined) {
    const reached = median(rounds.map(({ value, floor = Number.NaN }) => value / floor));
    console.log(`  ratio to the floor ${reached.toFixed(2)}   (asked for: ${target})`);
  } else console.log(`  asked for: ${target}`);
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}
