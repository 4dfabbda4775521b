import { platformSettings } from '@plaza/service-kit';

/** social-service has no settings of its own yet: those of the platform are all it needs. */
export const settings = { ...platformSettings };
