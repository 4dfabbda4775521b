import { ApiProperty } from '@nestjs/swagger';
import { TokensView } from '../sessions/sessions.view.js';
import { OwnUserView } from '../users/user.view.js';

export class SignedInView extends TokensView {
  @ApiProperty({ type: OwnUserView }) user: OwnUserView;
}
