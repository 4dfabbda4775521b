import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Outbox } from '@plaza/kafka';
import { CONFIG, SecretBox, SigningKeys, transaction } from '@plaza/service-kit';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK } from 'jose';
import { DataSource, type EntityManager } from 'typeorm';
import type { UserConfig } from '../config.js';
import { databaseTime } from '../database-time.js';
import { signingKeyPublished } from './key-facts.js';
import { acceptedUntil, nextSignsFrom } from './key-rotation.js';
import { SigningKeyPair } from './signing-key-pair.entity.js';

const ALGORITHM = 'EdDSA';
const LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('signing_key_pairs', 0))";

export interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
}

/** Makes, publishes and replaces the keys that sign access tokens. */
@Injectable()
export class SigningKeyPairs {
  private readonly box: SecretBox;

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: UserConfig,
    private readonly outbox: Outbox,
    private readonly known: SigningKeys,
  ) {
    this.box = new SecretBox(config.masterKeys, 'signing-keys');
  }

  /** Makes a key where there is none, or its successor where it is time; of several instances one does it. */
  async rotate(): Promise<void> {
    await transaction(this.database, async (manager) => {
      await manager.query(LOCK);
      const [newest] = await this.newestFirst(manager);
      const signsFrom = nextSignsFrom(newest, await databaseTime(manager), this.config.signingKeyRotation);
      if (!signsFrom) return;
      if (newest) await this.publish(manager, Object.assign(newest, { acceptedUntil: acceptedUntil(signsFrom) }));
      await this.publish(manager, await this.make(signsFrom));
    });
    await this.share();
  }

  /** The key that signs now: the newest whose time has come. Undefined where there is none yet. */
  async current(): Promise<SigningKey | undefined> {
    const pair = await this.database
      .getRepository(SigningKeyPair)
      .createQueryBuilder('pair')
      .where('pair.signsFrom <= clock_timestamp()')
      .orderBy('pair.signsFrom', 'DESC')
      .limit(1)
      .getOne();
    return pair ? { kid: pair.kid, privateKey: await this.open(pair) } : undefined;
  }

  /** Keys whose tokens are accepted, those that do not sign yet among them. */
  accepted(): Promise<SigningKeyPair[]> {
    return this.database
      .getRepository(SigningKeyPair)
      .createQueryBuilder('pair')
      .where('pair.acceptedUntil IS NULL OR pair.acceptedUntil > clock_timestamp()')
      .orderBy('pair.signsFrom', 'DESC')
      .getMany();
  }

  /** This process verifies with its own keys without waiting for them to come back from Kafka. */
  private async share(): Promise<void> {
    for (const { kid, publicJwk, acceptedUntil, version } of await this.accepted()) {
      await this.known.put({ kid, publicJwk, acceptedUntil, version });
    }
  }

  private async make(signsFrom: Date): Promise<SigningKeyPair> {
    const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
    const { x = '' } = await exportJWK(publicKey);
    return Object.assign(new SigningKeyPair(), {
      kid: randomUUIDv7(),
      publicJwk: { kty: 'OKP', crv: 'Ed25519', x },
      sealedPrivateJwk: this.box.seal(JSON.stringify(await exportJWK(privateKey))),
      signsFrom,
      acceptedUntil: null,
    });
  }

  private async publish(manager: EntityManager, pair: SigningKeyPair): Promise<void> {
    pair.version = await this.outbox.add(manager, signingKeyPublished(pair));
    await manager.save(pair);
  }

  /** @throws Error where it was sealed with a master key that is not listed any more */
  private async open({ kid, sealedPrivateJwk }: SigningKeyPair): Promise<CryptoKey> {
    const jwk = this.unseal(kid, sealedPrivateJwk);
    const key = await importJWK(JSON.parse(jwk.toString()), ALGORITHM);
    if (key instanceof Uint8Array) throw new TypeError(`signing key ${kid} is no key pair`);
    return key;
  }

  private unseal(kid: string, sealed: string): Buffer {
    try {
      return this.box.open(sealed);
    } catch (error) {
      const hint = 'is the master key that sealed it still in PLAZA_MASTER_KEY?';
      throw new Error(`The signing key ${kid} can't be opened: ${hint}`, { cause: error });
    }
  }

  private newestFirst(manager: EntityManager): Promise<SigningKeyPair[]> {
    return manager.find(SigningKeyPair, { order: { signsFrom: 'DESC' }, take: 1 });
  }
}
