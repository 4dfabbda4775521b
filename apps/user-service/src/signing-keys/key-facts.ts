import { fact, SigningKeyPublished } from '@plaza/contracts';
import type { SigningKeyPair } from './signing-key-pair.entity.js';

export function signingKeyPublished(pair: SigningKeyPair): SigningKeyPublished {
  const { kty, crv, x } = pair.publicJwk;
  return fact(SigningKeyPublished, {
    kid: pair.kid,
    publicJwk: { kty, crv, x },
    signsFrom: pair.signsFrom.toISOString(),
    acceptedUntil: pair.acceptedUntil?.toISOString() ?? null,
  });
}
