import { Body, Controller, Get, Put, Query } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, CurrentUser, IdParam, NoContent, type Page, type TokenUser } from '@plaza/service-kit';
import { NotificationView, UnreadCountView } from './notification.view.js';
import { ListNotifications, ReadAll } from './notifications.dto.js';
import { NotificationsService } from './notifications.service.js';

@ApiTags('notifications')
@Controller('v1/notifications')
export class NotificationsController {
  constructor(private readonly notifications: NotificationsService) {}

  @Get()
  @ApiOperation({ summary: 'My notifications, what happened last first' })
  @ApiPage(NotificationView)
  @ApiProblems({ 400: ['QUERY_INVALID', 'CURSOR_INVALID'] })
  list(@CurrentUser() me: TokenUser, @Query() query: ListNotifications): Promise<Page<NotificationView>> {
    return this.notifications.list(me.id, query);
  }

  @Get('unread-count')
  @ApiOperation({ summary: 'How many of my notifications are unread' })
  @ApiOkResponse({ type: UnreadCountView })
  unreadCount(@CurrentUser() me: TokenUser): Promise<UnreadCountView> {
    return this.notifications.unreadCount(me.id);
  }

  @Put('read-all')
  @NoContent()
  @ApiOperation({ summary: 'Mark all of my notifications as read, or those up to one of them or to a time' })
  @ApiBody({ type: ReadAll, required: false })
  @ApiProblems({ 404: ['NOTIFICATION_NOT_FOUND'], 422: ['BODY_INVALID'] })
  readAll(@CurrentUser() me: TokenUser, @Body() { until }: ReadAll): Promise<void> {
    return this.notifications.readAll(me.id, until);
  }

  @Put(':id/read')
  @NoContent()
  @ApiOperation({ summary: 'Mark one of my notifications as read' })
  @ApiProblems({ 404: ['NOTIFICATION_NOT_FOUND'] })
  read(@CurrentUser() me: TokenUser, @IdParam('id') id: string): Promise<void> {
    return this.notifications.read(me.id, id);
  }
}
