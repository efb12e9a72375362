import { after, before, describe } from 'node:test';
import { describeAccountFaults } from './faults/account.ts';
import { describeDamagedReplies } from './faults/damaged-reply.ts';
import { describeDirectoryFaults } from './faults/directory.ts';
import { describeDomainControllerFaults } from './faults/domain-controller.ts';
import { describeManagedDomainFaults } from './faults/managed-domain.ts';
import { FaultScene } from './support/fault-scene.ts';

describe('what goes wrong is said with what to do, and nothing is lost', { timeout: 600_000 }, () => {
  let scene: FaultScene;

  before(async () => {
    scene = await FaultScene.begin();
  });
  after(async () => {
    await scene.end();
  });

  const begun = async (): Promise<FaultScene> => {
    await scene.putInOrder();
    return scene;
  };
  describeAccountFaults(begun);
  describeDomainControllerFaults(begun);
  describeDamagedReplies(begun);
  describeDirectoryFaults(begun);
  describeManagedDomainFaults(begun);
});
