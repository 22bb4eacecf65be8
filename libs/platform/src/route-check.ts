import { Injectable, type OnModuleInit } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { PERMISSION } from '#access';

/** Refuses to start while an endpoint states no permission. */
@Injectable()
export class RouteCheck implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const open = this.discovery.getControllers().flatMap(({ metatype }) => {
      if (typeof metatype !== 'function') return [];
      const prototype = metatype.prototype as Record<string, () => unknown>;
      return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
        const handler = prototype[name];
        if (!handler || Reflect.getMetadata(METHOD_METADATA, handler) === undefined) return [];
        const stated = this.reflector.getAllAndOverride<unknown>(PERMISSION, [handler, metatype]);
        return stated === undefined ? [`${metatype.name}.${name}`] : [];
      });
    });
    if (open.length > 0) throw new Error(`These endpoints state no permission: ${open.join(', ')}`);
  }
}
