import { setInterval } from 'node:timers';

const EVERY_MS = 5_000;

/** Prints how far the steps of a long work have come. */
export class Progress {
  constructor(private readonly print: (line: string) => void) {}

  /** Runs a step: `work` calls what it is given for each of the `total` things that are done. */
  async step(name: string, total: number, work: (done: () => void) => Promise<void>): Promise<void> {
    const began = performance.now();
    let count = 0;
    const timer = setInterval(() => this.print(`  ${name}: ${number(count)} of ${number(total)}`), EVERY_MS);
    try {
      await work(() => {
        count += 1;
      });
    } finally {
      clearInterval(timer);
    }
    this.print(`  ${name}: ${number(count)} in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  }
}

export function number(value: number): string {
  return value.toLocaleString('en');
}
