import { Global, Module } from '@nestjs/common';
import { Lanes } from './lanes.js';

/** What all features share that write conversations. Global. */
@Global()
@Module({
  providers: [{ provide: Lanes, useFactory: () => new Lanes() }],
  exports: [Lanes],
})
export class StorageModule {}
