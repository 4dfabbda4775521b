import { PageQuery, Text } from '@plaza/service-kit';
import { IsUUID } from 'class-validator';
import { LowerCase } from '../posts/posts.dto.js';

/** Query of GET /v1/posts. */
export class PostsOfAuthor extends PageQuery {
  @LowerCase() @IsUUID() authorId: string;
}

/** Query of GET /v1/posts/search. */
export class SearchPosts extends PageQuery {
  @Text({
    description: 'Words that all have to be there; also "a phrase", or, and - before what must not be there',
    max: 200,
    example: 'hello -world',
  })
  q: string;
}
