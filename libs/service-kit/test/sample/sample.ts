import { randomUUID } from 'node:crypto';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpException,
  Injectable,
  Module,
  Post,
  Put,
  Query,
  Req,
} from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiProperty } from '@nestjs/swagger';
import { InjectDataSource, InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { fact, Nullable, UserDeleted } from '@plaza/contracts';
import { Outbox } from '@plaza/kafka';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  Min,
  registerDecorator,
  ValidateNested,
} from 'class-validator';
import type { FastifyRequest } from 'fastify';
import {
  Column,
  DataSource,
  Entity,
  type MigrationInterface,
  PrimaryColumn,
  type QueryRunner,
  Repository,
} from 'typeorm';
import {
  ApiPage,
  ApiProblems,
  Conflict,
  defineService,
  IdParam,
  isUniqueViolation,
  NoContent,
  NoDeadline,
  NotFound,
  Public,
  requestContext,
  whole,
} from '../../src/index.js';

export class CreateThings1795300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE things (
        id uuid PRIMARY KEY,
        name text NOT NULL CONSTRAINT uq_things_name UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE things');
  }
}

@Entity('things')
export class Thing {
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
}

/** A rule of a service's own making. */
function IsCapital(): PropertyDecorator {
  const validator = { validate: (value: unknown) => value === String(value).toUpperCase() };
  return (target, key) => registerDecorator({ target: target.constructor, propertyName: String(key), validator });
}

class PartDto {
  /** How many of it. */
  @IsInt() @Min(1) @Max(9) count: number;
  @IsIn(['RED', 'BLUE']) color: 'RED' | 'BLUE';
}

class CreateThing {
  @IsUUID() id: string;
  @IsString() @Length(1, 20) name: string;
  @ApiProperty({ description: 'Where it comes from' }) @IsOptional() @IsString() @IsCapital() origin?: string | null;
  @IsOptional() @IsEmail() email?: string | null;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => PartDto) @ArrayMaxSize(3) parts?: PartDto[];
}

class ThingsWishes {
  @IsOptional() @IsString() color?: string;
}

class ThingView {
  @IsUUID() id: string;
  @IsString() name: string;
  @Nullable() @IsString() note: string | null;
  @ApiProperty({ enum: ['RED', 'BLUE'], enumName: 'Color', description: 'Outside' }) color: 'RED' | 'BLUE';
}

class ThingsQuery {
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100) limit = 20;
  @IsOptional() @IsString() q?: string;
}

@Injectable()
class ThingsService {
  constructor(@InjectRepository(Thing) private readonly things: Repository<Thing>) {}

  async create({ id, name }: CreateThing): Promise<ThingView> {
    try {
      await this.things.insert({ id, name });
    } catch (error) {
      if (isUniqueViolation(error, 'uq_things_name')) throw new Conflict('NAME_TAKEN', 'The name is taken.');
      throw error;
    }
    return { id, name, note: null, color: 'RED' };
  }

  async find(id: string): Promise<ThingView> {
    const thing = await this.things.findOneBy({ id });
    if (!thing) throw new NotFound('THING_NOT_FOUND', 'There is no such thing.');
    return { id: thing.id, name: thing.name, note: null, color: 'RED' };
  }
}

@Controller('v1/things')
@Public()
class ThingsController {
  constructor(private readonly things: ThingsService) {}

  @Post()
  @ApiCreatedResponse({ type: ThingView })
  @ApiProblems({ 409: ['NAME_TAKEN'] })
  create(@Body() body: CreateThing): Promise<ThingView> {
    return this.things.create(body);
  }

  @Post('wishes')
  @ApiBody({ type: ThingsWishes, required: false })
  wish(@Body() { color }: ThingsWishes): { color: string } {
    return { color: color ?? 'any' };
  }

  @Get()
  @ApiPage(ThingView)
  list(@Query() query: ThingsQuery): { items: ThingView[]; nextCursor: null; limit: number } {
    return { items: [], nextCursor: null, limit: query.limit };
  }

  @Get(':id')
  @ApiOkResponse({ type: ThingView })
  @ApiProblems({ 404: ['THING_NOT_FOUND'] })
  find(@IdParam() id: string): Promise<ThingView> {
    return this.things.find(id);
  }

  @Delete(':id')
  @NoContent()
  async remove(@IdParam() id: string): Promise<void> {
    await this.things.find(id);
  }
}

/** Routes that go wrong in every way that a service can. */
@Controller('v1/trouble')
@Public()
class TroubleController {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  @Get('unforeseen')
  unforeseen(): never {
    throw new TypeError('secret detail about alice@example.com');
  }

  @Get('nest')
  nest(): never {
    throw new HttpException('teapot', 418);
  }

  @Get('slow-statement')
  async slowStatement(): Promise<void> {
    await this.dataSource.query('SELECT pg_sleep(2.2)');
  }

  @Get('never')
  never(): Promise<never> {
    return new Promise(() => undefined);
  }

  @Get('late')
  async late(): Promise<{ late: boolean }> {
    await this.dataSource.query('SELECT pg_sleep(0.4)');
    return { late: true };
  }

  @Put('upload')
  @NoDeadline()
  async upload(): Promise<{ deadline: number | undefined; infinite: boolean }> {
    await this.dataSource.query('SELECT pg_sleep(0.4)');
    return { deadline: requestContext()?.deadline, infinite: requestContext()?.deadline === Number.POSITIVE_INFINITY };
  }

  @Get('context')
  context(@Req() request: FastifyRequest): object {
    const { requestId, traceparent } = requestContext() ?? {};
    return { requestId, traceparent, ip: request.ip };
  }

  @Get('fact')
  fact(): { traceparent: string | undefined; factHas: unknown } {
    const deletion = fact(UserDeleted, { id: randomUUID(), deletedAt: new Date().toISOString() });
    const { values } = this.outbox.prepare(deletion);
    return { traceparent: requestContext()?.traceparent, factHas: values.at(-1) };
  }

  @Post('context')
  contextAfterBody(@Body() _body: object): object {
    return { requestId: requestContext()?.requestId };
  }

  @Get('hold')
  async hold(@Query('seconds') seconds: string): Promise<object> {
    await this.dataSource.query('SELECT pg_sleep($1)', [Number(seconds)]);
    return { held: true };
  }
}

@Controller('v1/private')
class PrivateController {
  @Get()
  find(): object {
    return { fine: true };
  }
}

@Module({
  imports: [TypeOrmModule.forFeature([Thing])],
  controllers: [ThingsController, TroubleController, PrivateController],
  providers: [ThingsService],
})
class SampleModule {}

/** A service as small as one can be that uses all of the kit. */
export const sampleService = defineService({
  name: 'post-service',
  description: 'A sample for tests of the kit',
  settings: { sampleSize: whole('PLAZA_SAMPLE_SIZE', { desc: 'How large samples are', default: 3, min: 1, max: 9 }) },
  module: () => SampleModule,
  database: { entities: [Thing], migrations: [CreateThings1795300000000] },
});
