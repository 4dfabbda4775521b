import { ApiPropertyOptional } from '@nestjs/swagger';
import { type NotificationType, notificationTypes } from '@plaza/contracts';
import { mayBe, PageQuery } from '@plaza/service-kit';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, isRFC3339, isUUID, ValidateBy } from 'class-validator';

export class ListNotifications extends PageQuery {
  @ApiPropertyOptional({ description: 'true: only those that are unread', default: false })
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  unread: boolean = false;

  @ApiPropertyOptional({
    enum: notificationTypes,
    enumName: 'NotificationType',
    description: 'Only those of this type',
  })
  @mayBe(undefined)
  @IsIn(notificationTypes)
  type?: NotificationType;
}

/** Body of PUT /v1/notifications/read-all. */
export class ReadAll {
  @ApiPropertyOptional({
    description:
      'Id of a notification: it and those below it in the list. Or a time: what happened by then. Absent: all. ' +
      'A group that grows moves to the top, so its id takes along what is between; the time of what was seen does not.',
    oneOf: [
      { type: 'string', format: 'uuid' },
      { type: 'string', format: 'date-time' },
    ],
  })
  @mayBe(undefined)
  @ValidateBy({
    name: 'idOrTime',
    validator: {
      validate: (value) => isUUID(value) || (isRFC3339(value) && !Number.isNaN(Date.parse(String(value)))),
      defaultMessage: () => 'must be the id of a notification or a time',
    },
  })
  until?: string;
}
