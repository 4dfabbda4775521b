import { ApiProperty } from '@nestjs/swagger';
import type { SigningKeyPair } from './signing-key-pair.entity.js';

/** A public key (RFC 7517, RFC 8037). */
export class JwkView {
  @ApiProperty() kid: string;
  @ApiProperty({ enum: ['OKP'] }) kty: 'OKP';
  @ApiProperty({ enum: ['Ed25519'] }) crv: 'Ed25519';
  @ApiProperty() x: string;
  @ApiProperty({ enum: ['EdDSA'] }) alg: 'EdDSA';
  @ApiProperty({ enum: ['sig'] }) use: 'sig';
}

export class JwksView {
  @ApiProperty({ type: [JwkView] }) keys: JwkView[];
}

export function jwksView(pairs: SigningKeyPair[]): JwksView {
  return { keys: pairs.map(jwkView) };
}

function jwkView({ kid, publicJwk }: SigningKeyPair): JwkView {
  const { kty, crv, x } = publicJwk;
  return { kid, kty, crv, x, alg: 'EdDSA', use: 'sig' };
}
