import { readFileSync } from 'node:fs';

/** The generated AsyncAPI 3 document of all facts, ready to be served as JSON. */
export function asyncapi(): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL('../asyncapi.json', import.meta.url), 'utf8'));
}
