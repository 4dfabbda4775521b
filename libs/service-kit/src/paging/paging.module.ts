import { Global, Module } from '@nestjs/common';
import type { PlatformConfig } from '../config/platform-settings.js';
import { CONFIG } from '../service/tokens.js';
import { Cursors } from './cursors.js';

@Global()
@Module({
  providers: [
    { provide: Cursors, inject: [CONFIG], useFactory: (config: PlatformConfig) => new Cursors(config.cursorKeys) },
  ],
  exports: [Cursors],
})
export class PagingModule {}
