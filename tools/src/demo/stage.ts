import { type Answer, eventually } from '@plaza/testing';

/** Waits until the check no longer throws, and gives how long that took. */
export async function untilHolds(check: () => Promise<void> | void): Promise<string> {
  const began = performance.now();
  await eventually(check);
  return `${Math.round(performance.now() - began)} ms`;
}

export function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

export function line(answer: Answer): string {
  return `${answer.status} ${JSON.stringify(answer.body)}`;
}

export function show(step: string, detail: string): void {
  console.log(`\n\u001b[1m${step}\u001b[0m\n  ${detail}`);
}
