import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { SessionRevoked } from '@plaza/contracts';
import { type ConsumerOptions, EventPattern } from '@plaza/kafka';
import { REVOCATIONS_LOOKBACK_MS } from './access-token.js';
import { Revocations } from './revocations.js';

const revocations: ConsumerOptions = {
  consumer: 'revocations',
  kind: 'broadcast',
  lookback: REVOCATIONS_LOOKBACK_MS,
};

/** Every instance hears of every session that ended. */
@Controller()
export class RevocationsConsumer {
  constructor(private readonly revocations: Revocations) {}

  @EventPattern('session.revoked', revocations)
  onSessionRevoked(@Payload() { sessionId, tokensExpireAt }: SessionRevoked): void {
    this.revocations.add({ sessionId, tokensExpireAt: new Date(tokensExpireAt) });
  }
}
