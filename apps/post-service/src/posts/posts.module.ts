import { Module } from '@nestjs/common';
import { TextModule } from '../text/text.module.js';
import { PostReads } from './post-reads.js';

@Module({
  imports: [TextModule],
  providers: [PostReads],
  exports: [PostReads],
})
export class PostsModule {}
