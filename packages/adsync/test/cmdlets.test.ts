import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adsyncModules, createADSyncCmdlets } from '@causeway/adsync';
import { ids } from './support/agent.ts';
import { createShell } from './support/shell.ts';

const alice = 'CN=Alice,OU=Staff,DC=corp,DC=example';
const parameterType = 'Microsoft.IdentityManagement.PowerShell.ObjectModel.ConfigurationParameter';

/** Lines without what only makes room: blank ones, and blanks at their ends. */
function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

describe('what a cmdlet prints', () => {
  const table: [string, string[]][] = [
    [
      'Get-ADSyncScheduler',
      [
        'AllowedSyncCycleInterval            : 00:30:00',
        'CurrentlyEffectiveSyncCycleInterval : 00:30:00',
        'CustomizedSyncCycleInterval         :',
        'NextSyncCyclePolicyType             : Delta',
        'NextSyncCycleStartTimeInUTC         : 3/1/2026 8:30:00 AM',
        'PurgeRunHistoryInterval             : 7.00:00:00',
        'SyncCycleEnabled                    : True',
        'MaintenanceEnabled                  : True',
        'StagingModeEnabled                  : False',
        'SchedulerSuspended                  : False',
        'SyncCycleInProgress                 : False',
      ],
    ],
    [
      'Get-ADSyncAADPasswordSyncConfiguration -SourceConnector corp.example',
      [
        'SourceConnector TargetConnector Enabled',
        '--------------- --------------- -------',
        'corp.example    contoso - AAD   True',
      ],
    ],
    [
      'Get-ADSyncConnector -Identifier B891884F-051E-4A83-95AF-2544101C9083',
      [
        'Name                   : contoso - AAD',
        'Identifier             : b891884f-051e-4a83-95af-2544101c9083',
        'Type                   : Extensible2',
        'SubType                : Windows Azure Active Directory (Microsoft)',
        'ConnectorTypeName      : Extensible2',
        'CreationTime           : 3/1/2026 8:00:00 AM',
        'Partitions             : {}',
        'ConnectivityParameters : {UserName}',
        'GlobalParameters       : {}',
      ],
    ],
    [
      'Get-ADSyncPartitionPasswordSyncState',
      [
        `ConnectorId                                   : ${ids.ad}`,
        'DN                                            : DC=corp,DC=example',
        'PasswordSyncLastSuccessfulCycleStartTimestamp : 3/1/2026 8:00:00 AM',
        'PasswordSyncLastSuccessfulCycleEndTimestamp   : 3/1/2026 8:00:00 AM',
        'PasswordSyncLastCycleStartTimestamp           : 3/1/2026 8:00:00 AM',
        'PasswordSyncLastCycleEndTimestamp             : 3/1/2026 8:00:00 AM',
        'PasswordSyncLastCycleStatus                   : Successful',
        'FullSyncDone                                  :',
        'FullSyncTotal                                 :',
        'FullSyncSecondsLeft                           :',
      ],
    ],
    [
      `Get-ADSyncCSObject -ConnectorName corp.example -DistinguishedName "${alice}"`,
      [
        `ObjectId            : ${ids.alice}`,
        'ConnectorName       : corp.example',
        `DistinguishedName   : ${alice}`,
        'AnchorValue         : AAAA',
        'ObjectType          : user',
        'IsTransient         : False',
        'IsPlaceHolder       : False',
        'IsConnector         : True',
        'HasSyncError        : False',
        'HasExportError      : False',
        'Error               :',
        `ConnectedMVObjectId : ${ids.person}`,
        'PendingExport       :',
        'Lineage             : {In from AD - User Join}',
        'Attributes          : {mail, proxyAddresses}',
      ],
    ],
    [
      `Get-ADSyncMVObject ${ids.person}`,
      [
        `ObjectId   : ${ids.person}`,
        'ObjectType : person',
        'Lineage    : {corp.example, contoso - AAD}',
        'Attributes : {mail}',
      ],
    ],
    [
      'Get-ADSyncRunProfileResult -NumberRequested 1',
      [
        'RunHistoryId      : 00000000-0000-0000-0000-000000000007',
        `ConnectorId       : ${ids.ad}`,
        'ConnectorName     : corp.example',
        'RunProfileName    : Delta Import',
        'RunNumber         : 7',
        'Result            : success',
        'StartDate         : 3/1/2026 8:00:00 AM',
        'EndDate           : 3/1/2026 8:00:05 AM',
        'IsRunComplete     : True',
        'CurrentStepNumber : 1',
        'TotalSteps        : 1',
        'RunStepResults    : {success}',
      ],
    ],
    [
      'Get-ADSyncExportDeletionThreshold',
      [
        'DeletionPrevention ThresholdCount ThresholdPercentage',
        '------------------ -------------- -------------------',
        'EnabledForCount               500                   0',
      ],
    ],
    ['Get-ADSyncConnectorRunStatus', []],
    ['Get-ADSyncAutoUpgrade', ['Disabled']],
    ['(Get-ADSyncGlobalSettings).Parameters["Microsoft.Synchronize.TimeInterval"].Value', ['00:30:00']],
    ['(Get-ADSyncConnector -Name "contoso - AAD").ConnectivityParameters["UserName"].Value', ['connect-1']],
    [`(Get-ADSyncMVObject ${ids.person}).Attributes[0].SyncRuleName`, ['In from AD - User Common']],
    [`(Get-ADSyncCSObject -Identifier ${ids.alice}).Attributes[1].Values.Count`, ['2']],
    [`(Get-ADSyncCSObjectLog -Identifier ${ids.alice}).Status`, ['Success']],
    [`(Get-ADSyncCSObject -Identifier ${ids.alice} | Get-ADSyncCSObjectLog).Status`, ['Success']],
    [`(Get-ADSyncCSObject -Identifier ${ids.alice} | Get-ADSyncMVObject).ObjectType`, ['person']],
    ['(Get-ADSyncRunStepResult).Adds', ['3']],
    ['(Get-ADSyncRunStepResult).Errors[0].ErrorType', ['AttributeValueMustBeUnique']],
    [
      'Get-ADSyncDomainReachabilityStatus -ConnectorName corp.example | Select-Object FullName, IsReachable',
      ['FullName     IsReachable', '--------     -----------', 'corp.example       False'],
    ],
    [
      '(Get-ADSyncDomainReachabilityStatus corp.example).ExceptionMessage',
      ['The account lacks a right. Grant Replicating Directory Changes All.'],
    ],
    ['(Get-ADSyncConnectorStatistics corp.example).PendingExportDeletes', ['3']],
    ['(Get-ADSyncAADCompanyFeature).PasswordHashSync', ['True']],
    ['(Get-ADSyncAADCompanyFeature).GroupWritebackV2', ['False']],
    ['Get-ADSyncCSObject -ConnectorName corp.example -Transient', []],
    ['@(Get-ADSyncCSObject -ConnectorName corp.example -StartIndex 0 -MaxResultCount 10).Count', ['1']],
    ['Get-ADSyncConnector | ForEach-Object { $_.Name }', ['corp.example', 'contoso - AAD']],
  ];
  for (const [script, expected] of table) {
    test(script, async () => {
      const shell = createShell();
      const { out, err } = await shell.run(script);
      assert.equal(err, '');
      const lines = linesOf(out);
      assert.deepEqual(
        lines.map((line) => line.replace(/ +(?=(?:True|False)$)/, ' ')),
        expected.map((line) => line.replace(/ +(?=(?:True|False)$)/, ' ')),
      );
      assert.deepEqual(shell.changes(), []);
    });
  }

  test('while a connector is busy, its name', async () => {
    const shell = createShell();
    shell.state.busy = true;
    const expected = ['RunState ConnectorName', '-------- -------------', 'Busy     corp.example'];
    assert.deepEqual(linesOf((await shell.run('Get-ADSyncConnectorRunStatus')).out), expected);
    assert.deepEqual(linesOf((await shell.run('Get-ADSyncConnectorRunStatus -ConnectorName "contoso - AAD"')).out), []);
  });
});

describe('what a cmdlet changes', () => {
  const table: [string, string, unknown][] = [
    [
      'Set-ADSyncScheduler -CustomizedSyncCycleInterval 03:00:00 -SyncCycleEnabled $false -NextSyncCyclePolicyType initial',
      'writeScheduler',
      { customizedSyncCycleInterval: 10_800, syncCycleEnabled: false, nextSyncCyclePolicyType: 'Initial' },
    ],
    [
      'Set-ADSyncScheduler -PurgeRunHistoryInterval 3.00:00:00 -MaintenanceEnabled $true -SchedulerSuspended $true -Force',
      'writeScheduler',
      { purgeRunHistoryInterval: 259_200, maintenanceEnabled: true, schedulerSuspended: true },
    ],
    ['Start-ADSyncSyncCycle -PolicyType Delta', 'startSyncCycle', { policyType: 'Delta' }],
    ['Start-ADSyncSyncCycle Initial', 'startSyncCycle', { policyType: 'Initial' }],
    ['Start-ADSyncSyncCycle', 'startSyncCycle', { policyType: 'Unspecified' }],
    ['Stop-ADSyncSyncCycle', 'stopSyncCycle', {}],
    [
      'Set-ADSyncSchedulerConnectorOverride -ConnectorName corp.example -FullImportRequired $true',
      'writeOverride',
      { connector: 'corp.example', fullImportRequired: true },
    ],
    [
      `Set-ADSyncSchedulerConnectorOverride -ConnectorIdentifier ${ids.tenant} -FullSyncRequired $false`,
      'writeOverride',
      { connector: 'contoso - AAD', fullSyncRequired: false },
    ],
    [
      'Invoke-ADSyncRunProfile -ConnectorName corp.example -RunProfileName "full import" -Resume',
      'runProfile',
      { connector: 'corp.example', runProfile: 'Full Import' },
    ],
    ['Start-ADSyncPurgeRunHistory -PurgeRunHistoryInterval 1.00:00:00', 'purgeRuns', { olderThanSeconds: 86_400 }],
    ['Start-ADSyncPurgeRunHistory -Offline', 'purgeRuns', { olderThanSeconds: 0 }],
    [
      'Set-ADSyncAADPasswordSyncConfiguration corp.example "contoso - AAD" $false',
      'writePasswordSync',
      { sourceConnector: 'corp.example', targetConnector: 'contoso - AAD', enabled: false },
    ],
    [
      `Invoke-ADSyncCSObjectPasswordHashSync -ConnectorName corp.example -DistinguishedName "${alice}"`,
      'syncPasswords',
      { user: alice, connector: 'corp.example' },
    ],
    [
      `Invoke-ADSyncCSObjectPasswordHashSync -Identifier ${ids.alice}`,
      'syncPasswords',
      { user: alice, connector: 'corp.example' },
    ],
    [
      `Get-ADSyncCSObject -Identifier ${ids.alice} | Invoke-ADSyncCSObjectPasswordHashSync`,
      'syncPasswords',
      { user: alice, connector: 'corp.example' },
    ],
    [
      'Set-ADSyncAADCompanyFeature -ConnectorName "contoso - AAD" -ForcePasswordChangeOnLogOn $true -UserWriteback $false',
      'writeCompanyFeatures',
      { features: { ForcePasswordChangeOnLogOn: true } },
    ],
    [
      'Enable-ADSyncExportDeletionThreshold -DeletionThreshold 200 -AADUserName admin@contoso',
      'writeDeletionThreshold',
      { enabled: true, value: 200 },
    ],
    ['Disable-ADSyncExportDeletionThreshold', 'writeDeletionThreshold', { enabled: false, value: 500 }],
    [
      'Get-ADSyncConnector -Name corp.example | Add-ADSyncConnector',
      'saveConnector',
      { name: 'corp.example', identifier: ids.ad, globalParameters: [] },
    ],
  ];
  for (const [script, operation, request] of table) {
    test(script, async () => {
      const shell = createShell();
      const { err } = await shell.run(script);
      assert.doesNotMatch(err, /FullyQualifiedErrorId/);
      assert.deepEqual(shell.changes(), [operation]);
      assert.deepEqual(shell.asked.find((asked) => asked.operation === operation)?.request, request);
      const dry = createShell();
      const answer = await dry.run(`$WhatIfPreference = $true; ${script}`);
      assert.deepEqual(dry.changes(), [], 'nothing under -WhatIf');
      assert.match(answer.out, /What if/);
    });
  }

  test('nothing, by changing a copy that is not saved', async () => {
    const shell = createShell();
    const { out } = await shell.run(
      `$c = Get-ADSyncConnector -Name corp.example
       $c.GlobalParameters.Add((New-Object ${parameterType} "x", string, connectorglobal, "what", "^1$", "0"))
       $c.GlobalParameters.Count
       (Get-ADSyncConnector -Name corp.example).GlobalParameters.Count`,
    );
    assert.deepEqual(linesOf(out), ['1', '0']);
    assert.deepEqual(shell.changes(), []);
  });

  test('parameters as they were written, and what was there besides', async () => {
    const shell = createShell();
    const { err } = await shell.run(
      `$c = Get-ADSyncConnector -Name corp.example
       foreach ($name in "a", "b") {
         $p = New-Object ${parameterType} $name, String, ConnectorGlobal, "what", "^1$", "0"
         $p.Value = $true
         $c.GlobalParameters.Add($p)
       }
       $c = Add-ADSyncConnector -Connector $c
       $c.GlobalParameters.Remove("A") | Out-Null
       $c = Add-ADSyncConnector $c`,
    );
    assert.equal(err, '');
    assert.deepEqual(shell.state.connectors[0]?.globalParameters, [
      {
        name: 'b',
        type: 'String',
        scope: 'ConnectorGlobal',
        description: 'what',
        regexValidationPattern: '^1$',
        defaultValue: '0',
        value: 'True',
      },
    ]);
  });

  test('the end of a cycle is waited for in interactive mode', async () => {
    const shell = createShell();
    shell.state.scheduler = { ...shell.state.scheduler, syncCycleInProgress: true };
    const { out } = await shell.run('Start-ADSyncSyncCycle -PolicyType Delta -InteractiveMode');
    assert.deepEqual(linesOf(out), ['Result', '------', 'Success']);
    assert.equal(shell.pauses.length, 1);
  });

  const stops: [string, boolean, string[]][] = [
    ['Stop-ADSyncRunProfile', true, ['stopRun']],
    ['Stop-ADSyncRunProfile', false, []],
    ['Stop-ADSyncRunProfile -ConnectorName corp.example', true, ['stopRun']],
    ['Stop-ADSyncRunProfile -ConnectorName "contoso - AAD"', true, []],
  ];
  for (const [script, busy, changes] of stops) {
    test(`${script} stops ${changes.length === 0 ? 'nothing' : 'the run'} while the agent is ${busy ? 'busy' : 'idle'}`, async () => {
      const shell = createShell();
      shell.state.busy = busy;
      const { out, err } = await shell.run(script);
      assert.deepEqual(shell.changes(), changes);
      assert.equal(/WARNING: No run/.test(out + err), changes.length === 0);
    });
  }
});

describe('a cmdlet refuses', () => {
  const wrong: [string, RegExp][] = [
    ['Get-ADSyncConnector -Name CORP.EXAMPLE', /ERR_ADSYNC_CONNECTOR_CASE/],
    ['Get-ADSyncConnector -Identifier 00000000-0000-0000-0000-000000000000', /ERR_ADSYNC_CONNECTOR_UNKNOWN/],
    ['Get-ADSyncConnectorStatistics', /No connector is named/],
    ['Get-ADSyncConnectorStatistics -ConnectorName "Contoso - AAD"', /ERR_ADSYNC_CONNECTOR_CASE/],
    ['Invoke-ADSyncRunProfile -ConnectorName Corp.example -RunProfileName Export', /ERR_ADSYNC_CONNECTOR_CASE/],
    ['Invoke-ADSyncRunProfile -ConnectorName corp.example -RunProfileName Everything', /Full Import, Delta Import/],
    ['Set-ADSyncAADPasswordSyncConfiguration "contoso - AAD" corp.example $true', /not the connector of a forest/],
    ['Set-ADSyncAADPasswordSyncConfiguration corp.example corp.example $true', /not the connector of the tenant/],
    ['Set-ADSyncAADPasswordSyncConfiguration corp.example "" $true', /TargetConnector/],
    ['Set-ADSyncAADPasswordSyncConfiguration corp.example $nothing $true', /TargetConnector/],
    ['Add-ADSyncConnector -Connector "corp.example"', /-Connector is no connector/],
    ['Add-ADSyncConnector -Connector (Get-ADSyncScheduler)', /-Connector is no connector/],
    [
      '(Get-ADSyncConnector -Name corp.example).GlobalParameters.Add("x")',
      /A plain value is no ConfigurationParameter/,
    ],
    [
      '(Get-ADSyncConnector -Name corp.example).GlobalParameters.Add((Get-ADSyncScheduler))',
      /no ConfigurationParameter/,
    ],
    [`New-Object ${parameterType} "x", String`, /6 arguments, and 2 are given/],
    [`New-Object ${parameterType} "", String, ConnectorGlobal, $null, $null, $null`, /name .* is empty/],
    [
      `New-Object ${parameterType} "x", Number, ConnectorGlobal, $null, $null, $null`,
      /type .* not Number.*\nUse String/,
    ],
    [`New-Object ${parameterType} "x", String, Server, $null, $null, $null`, /scope .* not Server/],
    ['$c = Get-ADSyncConnector -Name corp.example; $c.Name = "x"', /read-only|ReadOnly/i],
    ['Set-ADSyncAADCompanyFeature -UserWriteback $true -PasswordHashSync $false', /ERR_ADSYNC_NO_SUBJECT/],
    ['Enable-ADSyncExportDeletionThreshold -DeletionThreshold 0', /value/],
    ['Start-ADSyncPurgeRunHistory', /Nothing says which runs are old/],
    ['Set-ADSyncScheduler -CustomizedSyncCycleInterval "-01:00:00"', /negative time/],
    ['Get-ADSyncRunProfileResult -NumberRequested 0', /out of range/],
    ['Get-ADSyncCSObject -ConnectorName corp.example -DistinguishedName CN=Nobody', /no object CN=Nobody/],
    ['Get-ADSyncCSObject -Identifier 00000000-0000-0000-0000-000000000000', /No connector space has/],
    ['Get-ADSyncMVObject -Identifier 00000000-0000-0000-0000-000000000000', /The metaverse has no object/],
    ['Invoke-ADSyncCSObjectPasswordHashSync -CsObject "x"', /no object of a connector space/],
    ['Invoke-ADSyncDiagnostics', /Give -PasswordSync/],
    ['Invoke-ADSyncDiagnostics -PasswordSync -ADConnectorName corp.example', /-DistinguishedName/],
    ['Get-ADSyncAADPasswordResetConfiguration -Connector "contoso - AAD"', /passwords go one way/],
    ['Set-ADSyncAutoUpgrade Enabled', /upgraded by whoever installed it/],
    ['Add-ADSyncADDSConnectorAccount -Name corp.example', /administers the forest/],
    ['Set-ADSyncRestrictedPermissions -ObjectDN "CN=x" -Credential $null', /no right to change permissions/],
  ];
  for (const [script, message] of wrong) {
    test(script, async () => {
      const shell = createShell();
      const { hadErrors, err } = await shell.run(script);
      assert.equal(hadErrors, true);
      assert.match(err, message);
      assert.deepEqual(shell.changes(), []);
    });
  }

  test('a run whose number no GUID of ours stands for is none', async () => {
    const { out, err } = await createShell().run(
      'Get-ADSyncRunProfileResult -RunHistoryId 3c0d8f3a-7f7f-4a53-9f5b-7d1f3e0c2a11',
    );
    assert.equal(err + out.trim(), '');
  });

  test('what the agent refuses, with its code and next step', async () => {
    const shell = createShell();
    shell.state.busy = true;
    const { err } = await shell.run('Start-ADSyncSyncCycle Delta');
    assert.match(err, /a cycle is under way\n?.*wait[\s\S]*ERR_TEST_REFUSED/);
  });
});

describe('Invoke-ADSyncDiagnostics', () => {
  test('tells each check with its result and what to do', async () => {
    const shell = createShell({ lastHeartbeat: Date.parse('2026-03-01T08:30:00.000Z') });
    shell.state.staging = true;
    const { out, err } = await shell.run(
      'Invoke-ADSyncDiagnostics -PasswordSync | ForEach-Object { "$($_.Result) $($_.Check): $($_.NextStep)" }',
    );
    assert.equal(err, '');
    assert.deepEqual(linesOf(out), [
      'Passed Tenant feature:',
      'Failed Staging mode: causeway sync staging off',
      'Passed corp.example: channel:',
      'Passed corp.example: heartbeat:',
      'Failed corp.example: domain corp.example: Grant Replicating Directory Changes All.',
      'Passed corp.example: last cycle of DC=corp,DC=example:',
    ]);
  });

  test('follows one user from stage to stage', async () => {
    const { out } = await createShell().run(
      `Invoke-ADSyncDiagnostics -PasswordSync -ADConnectorName corp.example -DistinguishedName "${alice}" | ForEach-Object { "$($_.Result) $($_.Check)" }`,
    );
    assert.deepEqual(linesOf(out), [
      'Passed Connector space',
      'Passed Metaverse',
      'Passed Tenant connector space',
      'Passed Password',
    ]);
  });
});

describe('the module', () => {
  test('is imported by any of its names', async () => {
    for (const name of ['adsync', ...adsyncModules]) {
      const { err, refusal } = await createShell().run(`Import-Module ${name}`);
      assert.equal(err, '');
      assert.equal(refusal, undefined);
    }
  });

  test('explains every cmdlet, and asks before every change', () => {
    const shell = createShell();
    const cmdlets = createADSyncCmdlets({
      agent: shell.agent,
      lastHeartbeat: () => undefined,
      clock: { now: () => 0 },
      pause: async () => undefined,
    });
    assert.equal(new Set(cmdlets.map(({ name }) => name.toLowerCase())).size, cmdlets.length);
    for (const { name, synopsis, module, changes } of cmdlets) {
      assert.match(synopsis, /\.$/, name);
      assert.equal(module, 'ADSync');
      const isChange = !/^(Get-|Invoke-ADSyncDiagnostics)/.test(name) && !synopsis.startsWith('Not in Causeway');
      assert.equal(changes !== undefined, isChange, name);
    }
  });
});
