import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { SigningKeyPublished } from '@plaza/contracts';
import { type ConsumerOptions, EventPattern, type FactContext } from '@plaza/kafka';
import { publishedKey, SigningKeyStore } from './signing-key-store.js';
import { SigningKeys } from './signing-keys.js';

const shared: ConsumerOptions = { consumer: 'keys', replayable: true };
const broadcast: ConsumerOptions = { consumer: 'keys', kind: 'broadcast', lookback: 'beginning' };

/** Keeps the published keys in the service's database. */
@Controller()
export class StoredSigningKeysConsumer {
  constructor(
    private readonly keys: SigningKeys,
    private readonly store: SigningKeyStore,
  ) {}

  @EventPattern('signing-key.published', shared)
  async onSigningKeyPublished(@Payload() fact: SigningKeyPublished, @Ctx() context: FactContext): Promise<void> {
    // First, because a key that can't be used fails here: then its fact is parked, and no database holds it.
    await this.keys.put(publishedKey(fact, context.version));
    await this.store.write(context.transaction, fact, context.version);
  }
}

/** Keeps the published keys in memory, for a process that has no database: reads them all at each start. */
@Controller()
export class SigningKeysConsumer {
  constructor(private readonly keys: SigningKeys) {}

  @EventPattern('signing-key.published', broadcast)
  async onSigningKeyPublished(@Payload() fact: SigningKeyPublished, @Ctx() context: FactContext): Promise<void> {
    await this.keys.put(publishedKey(fact, context.version));
  }
}
