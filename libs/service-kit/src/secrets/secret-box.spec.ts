import { describe, expect, it } from '@jest/globals';
import { deriveKey } from './derive-key.js';
import { SealBroken, SecretBox } from './secret-box.js';

const box = new SecretBox(['master one'], 'signing-keys');

describe('SecretBox', () => {
  it('opens what it has sealed, texts and bytes', () => {
    expect(box.open(box.seal('a secret')).toString()).toBe('a secret');
    expect(box.open(box.seal(Buffer.from([0, 255, 7])))).toEqual(Buffer.from([0, 255, 7]));
    expect(box.open(box.seal('')).toString()).toBe('');
  });

  it('seals the same text differently each time, and shows nothing of it', () => {
    const [first, second] = [box.seal('a secret'), box.seal('a secret')];
    expect(first).not.toBe(second);
    expect(Buffer.from(first.split('.')[2] ?? '', 'base64url').toString()).not.toContain('a secret');
  });

  it('does not open what was changed in any place', () => {
    const sealed = box.seal('a secret');
    for (const index of sealed.split('').keys()) {
      const changed = `${sealed.slice(0, index)}${sealed[index] === 'A' ? 'Q' : 'A'}${sealed.slice(index + 1)}`;
      // The last letter may carry bits that belong to no byte.
      if (index < sealed.length - 1) expect(() => box.open(changed)).toThrow(SealBroken);
    }
  });

  it.each(['', 'plain text', 'v1..', 'v1.00000000.AAAA', 'v2.00000000.AAAA'])('does not open %p', (text) => {
    expect(() => box.open(text)).toThrow(SealBroken);
  });

  it('does not open what was sealed for another purpose or by another master', () => {
    expect(() => new SecretBox(['master one'], 'totp').open(box.seal('x'))).toThrow(SealBroken);
    expect(() => new SecretBox(['master two'], 'signing-keys').open(box.seal('x'))).toThrow(SealBroken);
  });

  it('opens with all keys and seals with the first while keys rotate', () => {
    const rotated = new SecretBox(['master two', 'master one'], 'signing-keys');
    const old = box.seal('x');
    expect(rotated.open(old).toString()).toBe('x');
    expect([rotated.isOutdated(old), rotated.isOutdated(rotated.seal('x'))]).toEqual([true, false]);
    expect(() => box.open(rotated.seal('x'))).toThrow(SealBroken);
  });
});

describe('deriveKey', () => {
  it('gives the same key for the same purpose, and another one for another', () => {
    expect(deriveKey('master', 'a')).toEqual(deriveKey('master', 'a'));
    expect(deriveKey('master', 'a')).not.toEqual(deriveKey('master', 'b'));
    expect(deriveKey('master', 'a')).toHaveLength(32);
  });
});
