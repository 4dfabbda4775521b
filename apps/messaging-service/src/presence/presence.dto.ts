import { ApiProperty } from '@nestjs/swagger';
import { type PresenceStatus, presenceStatuses } from '@plaza/contracts';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsUUID } from 'class-validator';

export class ChoosePresence {
  @ApiProperty({ enum: presenceStatuses, enumName: 'PresenceStatus', description: 'OFFLINE: invisible' })
  @IsIn(presenceStatuses)
  status: PresenceStatus;
}

export class PresenceQuery {
  /** Ids of 1 to 100 users, separated by commas. */
  @Transform(({ value }) => (typeof value === 'string' ? value.toLowerCase().split(',') : value))
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @IsUUID('all', { each: true })
  userIds: string[];
}
