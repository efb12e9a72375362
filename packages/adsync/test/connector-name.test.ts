import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findConnector } from '../src/connector-name.ts';
import { createTestAgent } from './support/agent.ts';

const { connectors } = createTestAgent().state;

describe('the name of a connector', () => {
  test('is found as it is written', () => {
    for (const { name } of connectors) assert.equal(findConnector(connectors, name, 'Name').name, name);
  });

  const wrong: [string, string, string, RegExp, RegExp][] = [
    [
      'that differs in case',
      'Corp.Example',
      'ERR_ADSYNC_CONNECTOR_CASE',
      /"Corp\.Example".*"corp\.example"/,
      /exactly/,
    ],
    ['that has a blank too many', 'corp.example ', 'ERR_ADSYNC_CONNECTOR_CASE', /"corp\.example "/, /exactly/],
    ['that nothing has', 'fabrikam', 'ERR_ADSYNC_CONNECTOR_UNKNOWN', /"fabrikam"/, /"corp\.example", "contoso - AAD"/],
    ['that is empty', '', 'ERR_ADSYNC_ARGUMENT', /-TargetConnector is empty/, /\$aadConnector.*\$azureadConnector/],
    ['that is blank', '  ', 'ERR_ADSYNC_ARGUMENT', /-TargetConnector is empty/, /spelt/],
  ];
  for (const [what, name, code, message, nextStep] of wrong) {
    test(`${what} is refused`, () => {
      assert.throws(() => findConnector(connectors, name, 'TargetConnector'), { code, message, nextStep });
    });
  }
});
