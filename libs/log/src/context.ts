import type { DynamicModule, Type } from '@nestjs/common';
import type { MigrationInterface } from 'typeorm';

/** What a context or a foundation library hands to an app: its module and its migrations. */
export interface Context {
  readonly module: Type | DynamicModule;
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** OpenAPI path items of routes that are no controller's. */
  readonly paths?: Readonly<Record<string, object>>;
}
