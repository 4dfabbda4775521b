import { fitsPassword, isOwnName, isPassword } from './password-rules.js';

describe('password rules', () => {
  it.each([
    ['8 characters', 'abcdefgh', true],
    ['7 characters', 'abcdefg', false],
    ['8 characters of several bytes', 'пароль12', true],
    ['128 bytes', 'a'.repeat(128), true],
    ['129 bytes', 'a'.repeat(129), false],
    ['65 characters of 2 bytes', 'я'.repeat(65), false],
    ['a number', 12_345_678, false],
    ['half a surrogate pair', 'abcdefgh\ud800', false],
  ])('%s: %s is %s', (_, value, expected) => {
    expect(isPassword(value)).toBe(expected);
  });

  it('takes a short one for a log-in, so that a wrong one is just wrong', () => {
    expect(fitsPassword('x')).toBe(true);
    expect(fitsPassword('a'.repeat(129))).toBe(false);
  });

  it('does not take a name for a password', () => {
    const names = { username: 'alice.liddell', email: 'white.rabbit@example.org' };
    expect(isOwnName('Alice.Liddell', names)).toBe(true);
    expect(isOwnName('white.rabbit', names)).toBe(true);
    expect(isOwnName('white.rabbit@example.org', names)).toBe(true);
    expect(isOwnName('alice.liddell1', names)).toBe(false);
  });
});
