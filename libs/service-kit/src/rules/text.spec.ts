import { isPlainText, patternOf } from './text.js';

describe('isPlainText', () => {
  it.each([
    ['a name', 'Алиса 🐇', {}, true],
    ['as many characters as there may be, each two units long', '🐇'.repeat(10), {}, true],
    ['one more', '🐇'.repeat(11), {}, false],
    ['nothing', '', {}, false],
    ['only blanks', '   ', {}, false],
    ['a NUL', 'a\0b', {}, false],
    ['a line break', 'a\nb', {}, false],
    ['a line break where there may be some', 'a\nb', { lines: true }, true],
    ['an escape where lines may be', 'a\u001bb', { lines: true }, false],
    ['half a pair', 'a\ud800', {}, false],
    ['a list', ['a'], {}, false],
  ])('%s: %p', (_, value, rule, expected) => {
    expect(isPlainText(value, { max: 10, ...rule })).toBe(expected);
  });

  it.each(['Алиса 🐇', 'a\nb', '\n', '  ', ' a ', '\t\r\n a', 'a\u001bb', 'a\u0085b', 'a\u2028b', '\u2003'])(
    'says of %j what the documented pattern says',
    (value) => {
      for (const lines of [false, true]) {
        const fits = new RegExp(patternOf(lines), 'u').test(value);
        expect({ lines, fits }).toEqual({ lines, fits: isPlainText(value, { max: 10, lines }) });
      }
    },
  );
});
