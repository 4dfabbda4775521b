import type { HealthPart, SigningKeys } from '@plaza/service-kit';
import type { GuardedUpstream } from './dispatch/guarded-upstream.js';

/** A service as a part of the gateway's health: waited for at the start, never a reason not to be ready. */
export function upstreamPart({ service, upstream, breaker }: GuardedUpstream): HealthPart {
  return {
    name: service,
    started: () => upstream.started(),
    state: async () => ({ up: await upstream.started(), circuit: breaker.state }),
  };
}

/** The keys of access tokens: without them tokens are not verified here but by the services alone. */
export function keysPart(keys: SigningKeys): HealthPart {
  return { name: 'signing-keys', started: () => !keys.blind, state: () => ({ up: !keys.blind }) };
}
