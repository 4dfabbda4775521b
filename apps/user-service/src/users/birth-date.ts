const EARLIEST = '1900-01-01';

/** True for a day that exists, written `1990-12-31`, from 1900 to the day before `now` (UTC). */
export function isBirthDate(value: unknown, now: Date): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const day = new Date(`${value}T00:00:00Z`);
  const exists = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
  return exists && value >= EARLIEST && value < now.toISOString().slice(0, 10);
}
