import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { both, mayBe } from '@plaza/service-kit';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsUUID,
  ValidateNested,
} from 'class-validator';

const givenRoles = ['ADMIN', 'MODERATOR', 'MEMBER'] as const;
type GivenRole = (typeof givenRoles)[number];

/** Field of a DTO: ids of users; one that is there twice is there once. */
export function UserIds(of: { min: number; max: number; description?: string }): PropertyDecorator {
  const { min, max, description } = of;
  return both(
    Transform(({ value }) => (Array.isArray(value) ? [...new Set(value.map(lowerCase))] : value)),
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    IsUUID('all', { each: true }),
    ApiProperty({ description, type: [String], format: 'uuid', minItems: min, maxItems: max }),
  );
}

/** Body of POST /v1/conversations/{id}/members. */
export class AddMembers {
  @UserIds({ min: 1, max: 100 }) userIds: string[];
}

/** What a member may do whatever the role says; null leaves it to the role. */
export class UpdatePermissions {
  @Permission() send?: boolean | null;
  @Permission() media?: boolean | null;
  @Permission() invite?: boolean | null;
  @Permission() pin?: boolean | null;
  @Permission() manage?: boolean | null;
}

/** Body of PATCH /v1/conversations/{id}/members/{userId}: what is absent stays as it is. */
export class UpdateMember {
  @ApiPropertyOptional({ enum: givenRoles, enumName: 'GivenRole' })
  @mayBe(undefined)
  @IsIn(givenRoles)
  role?: GivenRole;

  @ApiPropertyOptional({ type: UpdatePermissions })
  @mayBe(undefined)
  @IsObject()
  @ValidateNested()
  @Type(() => UpdatePermissions)
  permissions?: UpdatePermissions;
}

/** Body of PUT /v1/conversations/{id}/owner. */
export class HandOver {
  @ApiProperty({ format: 'uuid', description: 'A member' })
  @Transform(({ value }) => lowerCase(value))
  @IsUUID()
  userId: string;
}

function Permission(): PropertyDecorator {
  return both(mayBe(undefined, null), IsBoolean(), ApiPropertyOptional({ type: Boolean, nullable: true }));
}

/** An id in capitals is the same id. */
function lowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}
