import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsUUID } from 'class-validator';

export class RelationshipsQuery {
  /** Ids of 1 to 100 users, separated by commas. */
  @Transform(({ value }) => (typeof value === 'string' ? value.toLowerCase().split(',') : value))
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @IsUUID('all', { each: true })
  userIds: string[];
}
