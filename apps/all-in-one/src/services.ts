import { messagingService } from '@plaza/messaging-service';
import { notificationService } from '@plaza/notification-service';
import { postService } from '@plaza/post-service';
import { socialService } from '@plaza/social-service';
import { userService } from '@plaza/user-service';

/** Every service of this installation. Adding one is a line here. */
export const services = [userService, socialService, postService, messagingService, notificationService];
