import type { SigningKeyPublished } from '@plaza/contracts';
import type { DatabaseTransaction } from '@plaza/kafka';
import type { DataSource } from 'typeorm';
import { SigningKeyStore } from './signing-key-store.js';
import type { PublishedKey } from './signing-keys.js';

interface Row {
  kid: string;
  public_jwk: PublishedKey['publicJwk'];
  accepted_until: Date | null;
  version: string;
}

/** The published keys in a PostgreSQL database. */
export class PostgresSigningKeys extends SigningKeyStore {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

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

  async write({ manager }: DatabaseTransaction, fact: SigningKeyPublished, version: number): Promise<void> {
    if (!manager) throw new TypeError('signing keys are written in a transaction of PostgreSQL');
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
