export { SecurityError, type SecurityErrorCode } from './errors.ts';
export {
  mechanismOids,
  type Initiator,
  type InitiatorStep,
  type Mechanism,
  type SealedRange,
  type SecurityContext,
  type SecurityTarget,
} from './security-context.ts';
