import type { SigningKeyPublished } from '@plaza/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import type { KeySource, PublishedKey } from './signing-keys.js';

interface Row {
  kid: string;
  public_jwk: PublishedKey['publicJwk'];
  accepted_until: Date | null;
  version: string;
}

/** The published keys in the service's own database, so that a restarted service knows them while Kafka is away. */
export class SigningKeyTable implements KeySource {
  constructor(private readonly dataSource: DataSource) {}

  /** Keys that ended a day ago are left out: whatever they signed has expired. */
  async read(): Promise<PublishedKey[]> {
    const rows = await this.dataSource.query<Row[]>(`
      SELECT kid, public_jwk, accepted_until, version FROM signing_keys
      WHERE accepted_until IS NULL OR accepted_until > now() - interval '1 day'`);
    return rows.map((row) => ({
      kid: row.kid,
      publicJwk: row.public_jwk,
      acceptedUntil: row.accepted_until,
      version: Number(row.version),
    }));
  }

  /** Keeps what a fact says, unless something newer is there. */
  async write(manager: EntityManager, fact: SigningKeyPublished, version: number): Promise<void> {
    await manager.query(
      `INSERT INTO signing_keys (kid, public_jwk, signs_from, accepted_until, version)
       VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (kid) DO UPDATE SET public_jwk = excluded.public_jwk, signs_from = excluded.signs_from,
         accepted_until = excluded.accepted_until, version = excluded.version, updated_at = now()
       WHERE signing_keys.version < excluded.version`,
      [fact.kid, JSON.stringify(fact.publicJwk), fact.signsFrom, fact.acceptedUntil, version],
    );
  }
}

/** The key that a fact tells of. */
export function publishedKey(fact: SigningKeyPublished, version: number): PublishedKey {
  const { kid, publicJwk, acceptedUntil } = fact;
  return { kid, publicJwk, acceptedUntil: acceptedUntil === null ? null : new Date(acceptedUntil), version };
}
