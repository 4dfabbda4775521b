import { Module } from '@nestjs/common';
import { AccessTokens } from './access-tokens.js';
import { JwksController } from './jwks.controller.js';
import { KeyRotationJob } from './key-rotation.job.js';
import { SigningKeyPairs } from './signing-key-pairs.service.js';

@Module({
  controllers: [JwksController],
  providers: [SigningKeyPairs, AccessTokens, KeyRotationJob],
  exports: [AccessTokens],
})
export class SigningKeysModule {}
