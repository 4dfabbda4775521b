import { describe, expect, it } from '@jest/globals';
import { Cursors } from './cursors.js';

const cursors = new Cursors(['a key']);
const values = ['2026-11-21T12:00:00.000Z', '01890000-0000-7000-8000-00000000000a', 7];

describe('Cursors', () => {
  it('gives back what was put in', () => {
    expect(cursors.decode('followers:1', cursors.encode('followers:1', values))).toEqual(values);
  });

  it('takes no cursor for the first page', () => {
    expect(cursors.decode('followers:1', undefined)).toBeUndefined();
  });

  it('refuses the cursor of another list', () => {
    const cursor = cursors.encode('followers:1', values);
    expect(() => cursors.decode('followers:2', cursor)).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
  });

  it('refuses a cursor in which any character was changed', () => {
    const cursor = cursors.encode('followers:1', values);
    for (const [index, letter] of [...cursor].entries()) {
      const changed = `${cursor.slice(0, index)}${letter === 'A' ? 'B' : 'A'}${cursor.slice(index + 1)}`;
      expect(() => cursors.decode('followers:1', changed)).toThrow(expect.objectContaining({ status: 400 }));
    }
  });

  it.each(['', 'x', 'not a cursor', '../../etc', 'A'.repeat(5_000), `${cursors.encode('l', [1])}=`, 'ünïcode'])(
    'refuses %p',
    (text) => {
      expect(() => cursors.decode('l', text)).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
    },
  );

  it('reads the cursors of an older key while keys rotate, and signs with the first', () => {
    const rotated = new Cursors(['a new key', 'a key']);
    expect(rotated.decode('l', cursors.encode('l', values))).toEqual(values);
    expect(() => cursors.decode('l', rotated.encode('l', values))).toThrow();
  });
});
