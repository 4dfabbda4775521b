import { Module } from '@nestjs/common';
import { PostAuthors } from './post-authors.js';

/** Who may see what. */
@Module({ providers: [PostAuthors], exports: [PostAuthors] })
export class VisibilityModule {}
