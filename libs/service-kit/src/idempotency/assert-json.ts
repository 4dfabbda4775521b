/**
 * What an idempotent transaction returns is kept as JSON and given back at a repetition, so it must be the same afterwards:
 * ids, texts, numbers, plain objects of them; no Date, Map, Buffer or bigint.
 * @throws TypeError that names the place
 */
export function assertJson(value: unknown, path = 'result'): void {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (typeof value !== 'object' || 'toJSON' in value || value instanceof Map || value instanceof Set) {
    throw new TypeError(`${path} of an @Idempotent transaction does not survive JSON: return an id or a view`);
  }
  for (const [key, item] of Object.entries(value)) assertJson(item, `${path}.${key}`);
}
