import { Module } from '@nestjs/common';
import { Mentions } from './mentions.js';

/** Hashtags and mentions in the words of posts and comments. */
@Module({ providers: [Mentions], exports: [Mentions] })
export class TextModule {}
