import { Body, Controller, Delete, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentUser, Idempotent, IdParam, NoContent, type TokenUser } from '@plaza/service-kit';
import { PostView } from './post.view.js';
import { SharePost } from './posts.dto.js';
import { SharesService } from './shares.service.js';

@ApiTags('posts')
@Controller('v1/posts/:id/share')
export class SharesController {
  constructor(private readonly shares: SharesService) {}

  @Post()
  @Idempotent()
  @ApiOperation({ summary: 'Share a public post, or quote it where there is content' })
  @ApiBody({ type: SharePost, required: false })
  @ApiCreatedResponse({ type: PostView })
  @ApiProblems({
    403: ['POST_NOT_SHAREABLE', 'ACCOUNT_NOT_ACTIVE'],
    404: ['POST_NOT_FOUND'],
    409: ['ALREADY_SHARED', 'IDEMPOTENCY_BUSY'],
    422: ['BODY_INVALID', 'IDEMPOTENCY_KEY_REUSED'],
  })
  share(@CurrentUser() me: TokenUser, @IdParam() id: string, @Body() { content }: SharePost): Promise<PostView> {
    return this.shares.add(id, { authorId: me.id, content: content ?? null, privacy: 'PUBLIC' });
  }

  @Delete()
  @NoContent()
  @ApiOperation({ summary: 'Take my share of a post back; a quote is deleted as a post' })
  unshare(@CurrentUser() me: TokenUser, @IdParam() id: string): Promise<void> {
    return this.shares.remove(me.id, id);
  }
}
