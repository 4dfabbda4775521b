import type { Published } from './outbox-bed.js';

/** Of records read from Kafka: how many came out of the order of their key's versions, and how many fact ids came again. */
export function disorder(records: Published[]): { outOfOrder: number; twice: number; facts: number } {
  const last = new Map<string, number>();
  const ids = new Set<string>();
  let outOfOrder = 0;
  for (const { key, headers } of records) {
    const version = Number(headers.ce_version);
    if (version <= (last.get(key) ?? 0)) outOfOrder += 1;
    last.set(key, version);
    ids.add(headers.ce_id ?? '');
  }
  return { outOfOrder, twice: records.length - ids.size, facts: ids.size };
}
