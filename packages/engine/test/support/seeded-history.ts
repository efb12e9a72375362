import { Forest } from './forest.ts';
import { History } from './history.ts';

/** A history that is the same in every process, as far as it has come. */
export function seededHistory(steps: number): { history: History; next: () => void } {
  const history = new History(new Forest('corp.example', { number: 1 }), new Forest('lab.example', { number: 2 }));
  let state = 20_261_127;
  const number = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % 1_000;
  };
  const next = (): void => history.apply([number(), number(), number()]);
  for (let step = 0; step < steps; step += 1) next();
  return { history, next };
}
