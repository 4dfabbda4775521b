import { Param, type PipeTransform } from '@nestjs/common';
import { type Emotion, emotions } from '@plaza/contracts';
import { Malformed } from '@plaza/service-kit';

/** The path parameter `emotion`. */
export const EmotionParam = (): ParameterDecorator => Param('emotion', emotionPipe);

const emotionPipe: PipeTransform<unknown, Emotion> = {
  transform(value) {
    const known = emotions.find((emotion) => emotion === value);
    if (known) return known;
    const errors = [{ path: 'emotion', code: 'IS_IN', message: `must be one of ${emotions.join(', ')}` }];
    throw new Malformed('PATH_INVALID', 'The path breaks a rule.', { errors });
  },
};
