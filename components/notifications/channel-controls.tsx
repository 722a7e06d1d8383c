'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { RemoveButton } from '#components/ui/remove-button.tsx';
import { toast } from '#components/ui/toast.tsx';
import { usePerform } from '#components/ui/use-perform.ts';
import type { TestAnswer } from '#lib/notifications/plain.ts';
import type { ChannelActions } from './actions.ts';

type Props = {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly isEnabled: boolean;
  readonly failedCount: number;
  readonly actions: ChannelActions;
};

/** What can be done with a channel; under the buttons stands exactly what came back of a test. */
export function ChannelControls({ id, name, version, isEnabled, failedCount, actions }: Props) {
  const { isPending, perform } = usePerform();
  const [answer, setAnswer] = useState<TestAnswer | null>(null);
  const [isTesting, setIsTesting] = useState(false);
  const test = async (): Promise<void> => {
    setIsTesting(true);
    setAnswer(null);
    const result = await actions.test({ id }).catch(() => null);
    setIsTesting(false);
    if (!result) return toast.error('The server did not answer.');
    if (!result.ok) return toast.error(result.error.message);
    setAnswer(result.data);
  };
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" onClick={() => void test()} disabled={isTesting}>
          {isTesting ? 'Sending…' : 'Send a test'}
        </Button>
        {failedCount > 0 && (
          <Button
            disabled={isPending}
            onClick={() => perform(() => actions.resend({ id }), 'What was given up is tried again.')}
          >
            Send {failedCount} again
          </Button>
        )}
        <Button
          disabled={isPending}
          onClick={() =>
            perform(
              () => actions.enable({ id, version, isEnabled: !isEnabled }),
              isEnabled ? `${name} is paused.` : `${name} is told again.`,
            )
          }
        >
          {isEnabled ? 'Pause' : 'Go on'}
        </Button>
        <RemoveButton
          name={name}
          what="channel"
          description="Its secrets go, and so does what waits and the list of what was sent."
          remove={() => actions.remove({ id })}
          leaveTo="/system/notifications"
        />
      </div>
      <div role="status">
        {answer && (
          <p
            className={`break-words rounded-lg border px-3 py-2 ${answer.isSent ? 'border-good' : 'border-critical bg-critical-soft'}`}
          >
            <span className={`font-semibold ${answer.isSent ? 'text-good' : 'text-critical'}`}>
              {answer.isSent ? 'The test was sent.' : 'The test did not get through.'}
            </span>{' '}
            <EvidenceText text={answer.message} />
          </p>
        )}
      </div>
    </div>
  );
}
