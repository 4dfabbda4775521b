import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentUser, NoContent, Public, type TokenUser } from '@plaza/service-kit';
import { type Device, RequestDevice } from '../sessions/device.js';
import { SessionRefresh } from '../sessions/session-refresh.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { TokensView } from '../sessions/sessions.view.js';
import { Login, Refresh, Registration } from './auth.dto.js';
import { SignedInView } from './auth.view.js';
import { LoginService } from './login.service.js';
import { RegistrationService } from './registration.service.js';

@ApiTags('auth')
@Controller('v1/auth')
export class AuthController {
  constructor(
    private readonly registrations: RegistrationService,
    private readonly logins: LoginService,
    private readonly refreshes: SessionRefresh,
    private readonly sessions: SessionsService,
  ) {}

  @Post('register')
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Make an account and sign in' })
  @ApiCreatedResponse({ type: SignedInView })
  @ApiProblems({ 409: ['EMAIL_TAKEN', 'USERNAME_TAKEN'], 429: ['PASSWORD_CHECKS_BUSY'] })
  register(@Body() request: Registration, @RequestDevice() device: Device): Promise<SignedInView> {
    return this.registrations.register(request, device);
  }

  @Post('login')
  @Public()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Sign in with a password' })
  @ApiOkResponse({ type: SignedInView })
  @ApiProblems({
    401: ['CREDENTIALS_INVALID'],
    403: ['ACCOUNT_SUSPENDED', 'ACCOUNT_DEACTIVATED'],
    429: ['LOGIN_THROTTLED', 'PASSWORD_CHECKS_BUSY'],
  })
  logIn(@Body() request: Login, @RequestDevice() device: Device): Promise<SignedInView> {
    return this.logins.logIn(request, device);
  }

  @Post('refresh')
  @Public()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Exchange a refresh token for its successor; one that was used ends the session' })
  @ApiOkResponse({ type: TokensView })
  @ApiProblems({ 401: ['REFRESH_TOKEN_INVALID'], 403: ['ACCOUNT_SUSPENDED', 'ACCOUNT_DEACTIVATED'] })
  refresh(@Body() { refreshToken }: Refresh, @RequestDevice() device: Device): Promise<TokensView> {
    return this.refreshes.refresh(refreshToken, device);
  }

  @Post('logout')
  @NoContent()
  @ApiOperation({ summary: 'End the session of this request' })
  logOut(@CurrentUser() me: TokenUser): Promise<void> {
    return this.sessions.logOut(me);
  }
}
