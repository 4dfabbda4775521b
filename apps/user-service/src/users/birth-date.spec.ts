import { isBirthDate } from './birth-date.js';

describe('isBirthDate', () => {
  const now = new Date('2026-11-21T12:00:00Z');

  it.each(['1990-12-31', '2000-02-29', '1900-01-01', '2026-11-20'])('takes %s', (day) => {
    expect(isBirthDate(day, now)).toBe(true);
  });

  it.each(['2026-11-21', '1899-12-31', '2001-02-29', '1990-13-01', '1990-1-1', '1990-12-31T00:00:00Z', '', 19_901_231])(
    'does not take %p',
    (day) => {
      expect(isBirthDate(day, now)).toBe(false);
    },
  );
});
