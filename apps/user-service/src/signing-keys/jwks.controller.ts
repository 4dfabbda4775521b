import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@plaza/service-kit';
import { JwksView, jwksView } from './jwks.view.js';
import { SigningKeyPairs } from './signing-key-pairs.service.js';

@ApiTags('auth')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly pairs: SigningKeyPairs) {}

  @Get('jwks.json')
  @Public()
  @Header('cache-control', 'public, max-age=300')
  @ApiOperation({ summary: 'The public keys of access tokens, for outsiders' })
  @ApiOkResponse({ type: JwksView })
  async jwks(): Promise<JwksView> {
    return jwksView(await this.pairs.accepted());
  }
}
