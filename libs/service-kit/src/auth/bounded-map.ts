/**
 * A map that forgets what was not used for long when it is full. It keeps two generations: when the young one is full, it
 * becomes the old one, and what was old and not asked for meanwhile is gone. Reading costs one look-up, not a reordering.
 */
export class BoundedMap<K, V> {
  private young = new Map<K, V>();
  private old = new Map<K, V>();
  private readonly generation: number;

  /** @param capacity most entries that are kept, at least 2; half of them are the last used ones */
  constructor(capacity: number) {
    this.generation = Math.max(1, Math.floor(capacity / 2));
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  /** Reads an entry, which keeps it. */
  get(key: K): V | undefined {
    return this.young.get(key) ?? this.promoted(key);
  }

  set(key: K, value: V): void {
    this.old.delete(key);
    if (this.young.size >= this.generation && !this.young.has(key)) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }

  delete(key: K): void {
    this.young.delete(key);
    this.old.delete(key);
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
  }

  private promoted(key: K): V | undefined {
    const value = this.old.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }
}
