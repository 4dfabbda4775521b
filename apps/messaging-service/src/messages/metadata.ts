const MAX_BYTES = 4_096;
const MAX_LEVELS = 4;
/** Operators and paths; and what MongoDB's driver cannot write or takes for a type of its own. */
const NOT_A_NAME = /[$.\0]|^_bsontype$/;

/** True for a plain JSON object that a database keeps as it is: not too large, not too deep, no operators for names. */
export function isMetadata(value: unknown): value is Record<string, unknown> {
  return isObject(value) && isKept(value, MAX_LEVELS) && Buffer.byteLength(JSON.stringify(value)) <= MAX_BYTES;
}

function isKept(value: unknown, levels: number): boolean {
  // JSON knows no others, but reads 1e999 as infinite.
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  return Object.entries(value).every(([name, item]) => !NOT_A_NAME.test(name) && isKept(item, levels - 1));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
