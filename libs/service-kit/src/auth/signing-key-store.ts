import type { SigningKeyPublished } from '@plaza/contracts';
import type { DatabaseTransaction } from '@plaza/kafka';
import type { KeySource, PublishedKey } from './signing-keys.js';

/** The published keys in the service's own database, so that a restarted service knows them while Kafka is away. */
export abstract class SigningKeyStore implements KeySource {
  /** Keys that ended a day ago are left out: whatever they signed has expired. */
  abstract read(): Promise<PublishedKey[]>;
  /** Keeps what a fact says, unless something newer is there. */
  abstract write(transaction: DatabaseTransaction, fact: SigningKeyPublished, version: number): Promise<void>;
}

/** The key that a fact tells of. */
export function publishedKey(fact: SigningKeyPublished, version: number): PublishedKey {
  const { kid, publicJwk, acceptedUntil } = fact;
  return { kid, publicJwk, acceptedUntil: acceptedUntil === null ? null : new Date(acceptedUntil), version };
}
