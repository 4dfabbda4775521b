/**
 * Below which position a page begins, as SQL: that of the cursor, or above all where there is none. An index scan starts
 * there; with `cursor IS NULL OR ...` it would walk over all pages before.
 * @param cursor placeholder of the position in the cursor, or null
 */
export function pageStart(cursor: string): string {
  return `coalesce(${cursor}::bigint, 9223372036854775807)`;
}
