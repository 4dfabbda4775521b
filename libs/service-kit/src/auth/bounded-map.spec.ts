import { describe, expect, it } from '@jest/globals';
import { BoundedMap } from './bounded-map.js';

describe('BoundedMap', () => {
  it('never holds more than its capacity', () => {
    const map = new BoundedMap<number, number>(10);
    for (let key = 0; key < 1_000; key += 1) {
      map.set(key, key);
      expect(map.size).toBeLessThanOrEqual(10);
    }
    expect([map.get(999), map.get(0)]).toEqual([999, undefined]);
  });

  it('keeps what is used, however much else comes', () => {
    const map = new BoundedMap<string, number>(10);
    map.set('used', 1);
    for (let key = 0; key < 100; key += 1) {
      map.set(`other ${key}`, key);
      expect(map.get('used')).toBe(1);
    }
  });

  it('replaces, deletes and clears', () => {
    const map = new BoundedMap<string, number>(4);
    map.set('a', 1);
    map.set('a', 2);
    map.set('b', 3);
    map.set('c', 4);
    expect([map.get('a'), map.size]).toEqual([2, 3]);
    map.delete('a');
    expect(map.get('a')).toBeUndefined();
    map.clear();
    expect([map.get('c'), map.size]).toEqual([undefined, 0]);
  });
});
