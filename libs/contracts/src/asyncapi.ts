import { readFileSync } from 'node:fs';

type Json = Record<string, unknown>;

/** As much of an AsyncAPI 3 document as it takes to add to it. */
export interface AsyncApiDocument extends Json {
  servers: Json;
  channels: Json;
  operations: Json;
  components: Json & { messages: Json };
}

/** The generated AsyncAPI 3 document of all facts, ready to be served as JSON. */
export function asyncapi(): AsyncApiDocument {
  return JSON.parse(readFileSync(new URL('../asyncapi.json', import.meta.url), 'utf8'));
}
