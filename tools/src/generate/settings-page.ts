import { services } from '@plaza/all-in-one';
import { apiGateway } from '@plaza/api-gateway';
import { settingsDocs } from '@plaza/service-kit';

/** docs/settings.md: the settings of the gateway and of every service. */
export function settingsPage(): string {
  return settingsDocs([apiGateway, ...services]);
}
