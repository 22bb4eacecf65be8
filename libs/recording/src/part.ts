import type { Provider, Type } from '@nestjs/common';
import type { Context } from '#log';

/** A part of recording that has a folder of its own: what its folder adds to the module. */
export interface Part extends Pick<Context, 'migrations'> {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  readonly paths: Readonly<Record<string, object>>;
}
