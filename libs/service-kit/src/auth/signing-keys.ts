import { type CryptoKey, importJWK } from 'jose';
import { BoundedMap } from './bounded-map.js';

/** The public half of a key of user-service, as `signing-key.published` tells it. */
export interface PublishedKey {
  readonly kid: string;
  readonly publicJwk: { readonly kty: string; readonly crv: string; readonly x: string };
  /** Null while it is the newest: its end is published once its successor is known. */
  readonly acceptedUntil: Date | null;
  /** Of the fact: of two states of one key the higher one counts. */
  readonly version: number;
}

/** A published key, ready to verify with. */
export interface VerificationKey extends PublishedKey {
  readonly cryptoKey: CryptoKey;
}

/** Where keys that reached another instance of the service can be read: the table, or nothing for the gateway. */
export interface KeySource {
  read(): Promise<PublishedKey[]>;
}

export interface SigningKeysOptions {
  /** Longest wait for a key that is not known yet, in ms. */
  waitMs?: number;
  /** Least time between two reads of the source, in ms. */
  rereadMs?: number;
  /** How long a kid that did not arrive is taken for unknown without looking again, in ms. */
  absentMs?: number;
  maxWaiters?: number;
}

type Waiter = (key: VerificationKey | undefined) => void;

/**
 * The public keys that access tokens may be signed with, in this process.
 * A kid that nobody published costs a look into a map, and of the source at most one read per `rereadMs` for all of them.
 */
export class SigningKeys {
  private readonly keys = new Map<string, VerificationKey>();
  private readonly waiters = new Map<string, Set<Waiter>>();
  private readonly absent: BoundedMap<string, number>;
  private readonly listeners = new Set<() => void>();
  private readonly waitMs: number;
  private readonly rereadMs: number;
  private readonly absentMs: number;
  private readonly maxWaiters: number;
  private waiting = 0;
  private reading?: Promise<void>;
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly source?: KeySource,
    options: SigningKeysOptions = {},
  ) {
    this.waitMs = options.waitMs ?? 2_000;
    this.rereadMs = options.rereadMs ?? 250;
    this.absentMs = options.absentMs ?? 5_000;
    this.maxWaiters = options.maxWaiters ?? 64;
    this.absent = new BoundedMap(1_000);
  }

  /** The key, if it is known here already. */
  known(kid: string): VerificationKey | undefined {
    return this.keys.get(kid);
  }

  /**
   * True in a process that keeps keys in memory alone and has not read one yet (Kafka is away since its start): it can't
   * tell good tokens from bad ones.
   */
  get blind(): boolean {
    return !this.source && this.keys.size === 0;
  }

  /** The key, waited for up to 2 s: on a fresh stack a token can be faster than the key it was signed with. */
  async find(kid: string): Promise<VerificationKey | undefined> {
    const known = this.keys.get(kid);
    if (known || this.isAbsent(kid)) return known;
    await this.reread();
    return this.keys.get(kid) ?? this.arrival(kid);
  }

  /** Takes in a key that was published, or published again with another end. */
  async put(key: PublishedKey): Promise<void> {
    if (!this.isNews(key)) return;
    const cryptoKey = await importJWK({ ...key.publicJwk }, 'EdDSA');
    if (cryptoKey instanceof Uint8Array) throw new TypeError(`signing key ${key.kid} is not a public key`);
    if (this.isNews(key)) this.take({ ...key, cryptoKey });
  }

  /** Calls back when a key that was known has changed: what was verified with it has to be verified again. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Reads the source again: a change may have reached another instance alone. */
  async refresh(): Promise<void> {
    if (this.source) await this.load(this.source);
  }

  private isNews({ kid, version }: PublishedKey): boolean {
    return version > (this.keys.get(kid)?.version ?? Number.NEGATIVE_INFINITY);
  }

  private take(key: VerificationKey): void {
    const wasKnown = this.keys.has(key.kid);
    this.keys.set(key.kid, key);
    this.absent.delete(key.kid);
    for (const waiter of this.waiters.get(key.kid) ?? []) waiter(key);
    if (!wasKnown) return;
    for (const listener of this.listeners) listener();
  }

  private isAbsent(kid: string): boolean {
    const until = this.absent.get(kid);
    return until !== undefined && until > performance.now();
  }

  private async arrival(kid: string): Promise<VerificationKey | undefined> {
    if (this.waiting >= this.maxWaiters) return undefined;
    this.waiting += 1;
    try {
      const key = await this.wait(kid);
      if (!key) this.absent.set(kid, performance.now() + this.absentMs);
      return key;
    } finally {
      this.waiting -= 1;
    }
  }

  private async wait(kid: string): Promise<VerificationKey | undefined> {
    const sameKid = this.waiters.get(kid) ?? new Set();
    this.waiters.set(kid, sameKid);
    const timers: NodeJS.Timeout[] = [];
    let waiter: Waiter | undefined;
    try {
      return await new Promise((resolve, reject) => {
        waiter = resolve;
        sameKid.add(resolve);
        timers.push(setTimeout(() => resolve(undefined), this.waitMs));
        // The fact may have gone to another instance of this service, which wrote it to the table without telling us.
        timers.push(setInterval(() => this.reread().catch(reject), this.rereadMs));
      });
    } finally {
      for (const timer of timers) clearTimeout(timer);
      if (waiter) sameKid.delete(waiter);
      if (sameKid.size === 0) this.waiters.delete(kid);
    }
  }

  private reread(): Promise<void> {
    if (!this.source || performance.now() - this.readAt < this.rereadMs * 0.9) return this.reading ?? Promise.resolve();
    this.readAt = performance.now();
    this.reading = this.load(this.source);
    return this.reading;
  }

  private async load(source: KeySource): Promise<void> {
    for (const key of await source.read()) await this.put(key);
  }
}
