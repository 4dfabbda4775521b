import { describe, expect, it } from '@jest/globals';
import { assertJson } from './assert-json.js';

describe('assertJson', () => {
  it.each([undefined, null, 'id', 7, false, { id: 'a', tags: ['x'], at: undefined }, [1, [2]]])('takes %p', (value) => {
    expect(() => assertJson(value)).not.toThrow();
  });

  it.each([[new Date()], [Buffer.from('x')], [new Map()], [10n], [Number.NaN], [() => 1]])('refuses %p', (value) => {
    expect(() => assertJson(value)).toThrow(TypeError);
  });

  it('names the place', () => {
    expect(() => assertJson({ post: { createdAt: new Date() } })).toThrow('result.post.createdAt');
  });
});
