import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtInRules } from '../src/index.ts';
import { attributes, exported, guidA, guidB, mergedOf, ruleSet, sid, user } from './objects.ts';

const rules = ruleSet();

describe('a user of the forest', () => {
  it('becomes a user of the tenant with every attribute that is carried', () => {
    const result = exported(
      rules,
      user({
        userPrincipalName: 'alice@corp.example',
        displayName: 'Alice Łódź',
        givenName: ' Alice ',
        sn: 'Ż',
        mail: 'alice@corp.example',
        mailNickname: 'alice',
        department: 'IT',
        title: 'Lead',
        company: 'Corp',
        employeeID: '7',
        l: 'Łódź',
        st: 'LD',
        streetAddress: 'Main 1',
        postalCode: '90-001',
        co: 'Poland',
        telephoneNumber: '1',
        mobile: '2',
        facsimileTelephoneNumber: '3',
        physicalDeliveryOfficeName: '4',
        preferredLanguage: 'pl',
        proxyAddresses: ['SMTP:alice@corp.example', ' smtp:a@corp.example'],
        manager: 'CN=Bob,DC=corp,DC=example',
      }),
    );
    assert.deepEqual(result.problems, []);
    assert.equal(result.targetType, 'user');
    assert.deepEqual(result.attributes, {
      ...attributes({
        accountEnabled: 'True',
        accountName: 'alice',
        userPrincipalName: 'alice@corp.example',
        displayName: 'Alice Łódź',
        givenName: 'Alice',
        surname: 'Ż',
        mail: 'alice@corp.example',
        mailNickname: 'alice',
        department: 'IT',
        jobTitle: 'Lead',
        companyName: 'Corp',
        employeeId: '7',
        city: 'Łódź',
        state: 'LD',
        streetAddress: 'Main 1',
        postalCode: '90-001',
        country: 'Poland',
        telephoneNumber: '1',
        mobile: '2',
        facsimileTelephoneNumber: '3',
        physicalDeliveryOfficeName: '4',
        preferredLanguage: 'pl',
        onPremisesSecurityIdentifier: 'S-1-5-21-1-2-3-1104',
        onPremisesDomainName: 'corp.example',
        proxyAddresses: ['SMTP:alice@corp.example', 'smtp:a@corp.example'],
      }),
    });
    assert.deepEqual(
      result.references.map(({ source, target }) => [source, target]),
      [['manager', 'manager']],
    );
    const carried = new Set([...Object.keys(result.attributes), 'manager']);
    assert.deepEqual(new Set(rules.targetAttributes('tenant', 'user')), carried);
  });

  it('without a principal name or a display name has those that the forest itself goes by', () => {
    const {
      attributes: { userPrincipalName, displayName },
    } = exported(rules, user());
    assert.deepEqual(
      { userPrincipalName, displayName },
      { userPrincipalName: ['alice@corp.example'], displayName: ['Alice'] },
    );
  });

  it('that is disabled is carried as such, without a password', () => {
    const disabled = user({ userAccountControl: '514' });
    assert.deepEqual(exported(rules, disabled).attributes['accountEnabled'], ['False']);
    assert.equal(rules.inbound(disabled).passwordSync, false);
    assert.equal(rules.inbound(user()).passwordSync, true);
  });

  it('as inetOrgPerson is carried, and never its password', () => {
    const person = user({}, 'corp.example', 'inetOrgPerson');
    const result = rules.inbound(person);
    assert.equal(result.passwordSync, false);
    assert.equal(result.targetType, 'person');
    assert.deepEqual(exported(rules, person).attributes['accountName'], ['alice']);
  });

  for (const [name, changes] of [
    ['a critical system object', { isCriticalSystemObject: 'TRUE' }],
    ['written back from the tenant', { adminDescription: 'User_1234' }],
    ['without an account name', { sAMAccountName: undefined }],
    ['an account of Azure AD Connect', { sAMAccountName: 'AAD_1234' }],
    ['an account of an old Azure AD Connect', { sAMAccountName: 'msol_1234' }],
    ['the support account', { sAMAccountName: 'SUPPORT_388945a0' }],
    ['a system mailbox', { mailNickname: 'SystemMailbox{1234' }],
    ['a client access account', { sAMAccountName: 'CAS_{1234}' }],
    ['a client access mailbox', { mailNickname: 'cas_{1234}' }],
    ['a mail-enabled public folder', { msExchRecipientTypeDetails: String(0x1000) }],
    ['a system attendant mailbox', { msExchRecipientTypeDetails: String(0x2000) }],
    ['a mailbox database mailbox', { msExchRecipientTypeDetails: String(0x4000) }],
    ['a mailbox plan', { msExchRecipientTypeDetails: String(0x1000000) }],
    ['a discovery mailbox', { msExchRecipientTypeDetails: String(0x20000000) }],
    [
      'a replication victim',
      { distinguishedName: 'CN=Alice\\0ACNF:00112233-4455-6677-8899-aabbccddeeff,DC=corp,DC=example' },
    ],
    ['Administrator under any name', { objectSid: sid(500) }],
    ['a built-in account', { objectSid: sid(999) }],
    ['krbtgt', { sAMAccountName: 'krbtgt' }],
    ['the krbtgt of a read-only DC', { sAMAccountName: 'KRBTGT_21345' }],
    ['a trust account', { userAccountControl: '2080' }],
    ['a linked mailbox whose account is not there', { msExchRecipientTypeDetails: '2', mailNickname: 'al' }],
  ] as const) {
    it(`that is ${name} stays`, () => {
      const part = { connectorRank: 0, result: rules.inbound(user(changes)) };
      assert.deepEqual(part.result.problems, []);
      const inScope = part.result.linkType !== 'none' && rules.outbound('tenant', rules.merge([part])).inScope;
      assert.equal(inScope, false);
    });
  }

  for (const [name, changes] of [
    ['with a mailbox', { msExchRecipientTypeDetails: '1' }],
    ['with a remote mailbox', { msExchRecipientTypeDetails: '2147483648' }],
    ['called CAS_ alone', { sAMAccountName: 'CAS_operator' }],
    ['called aad', { sAMAccountName: 'aad' }],
    ['of the first relative id', { objectSid: sid(1000) }],
  ] as const) {
    it(`${name} does not stay`, () => assert.equal(exported(rules, user(changes)).inScope, true));
  }

  it('that cannot be read completely is a problem, not a deletion', () => {
    for (const changes of [{ userAccountControl: undefined }, { objectGUID: undefined }, { userAccountControl: 'x' }]) {
      const { problems, linkType } = rules.inbound(user(changes));
      assert.notEqual(problems.length, 0, JSON.stringify(changes));
      assert.equal(linkType, 'provision');
    }
  });

  it('has the anchor of mS-DS-ConsistencyGuid, else of objectGUID, and joins by both', () => {
    assert.deepEqual(mergedOf(rules, user()).attributes['sourceAnchor'], [guidA]);
    const marked = user({ 'mS-DS-ConsistencyGuid': guidB });
    assert.deepEqual(mergedOf(rules, marked).attributes['sourceAnchor'], [guidB]);
    assert.deepEqual(
      rules.inbound(marked).joins.map(({ targetType, clauses }) => [targetType, clauses]),
      [guidB, guidA].map((value) => ['person', [{ attribute: 'sourceAnchorBinary', value, caseSensitive: true }]]),
    );
  });
});

describe('a user of the tenant', () => {
  const inTenant = {
    connector: 'tenant',
    type: 'user',
    parameters: {},
    attributes: attributes({ sourceAnchor: guidA, cloudAnchor: 'u1' }),
  };

  it('joins by source anchor alone, with regard to case', () => {
    const { linkType, joins } = rules.inbound(inTenant);
    assert.equal(linkType, 'join');
    assert.deepEqual(
      joins.map(({ clauses }) => clauses),
      [[{ attribute: 'sourceAnchor', value: guidA, caseSensitive: true }]],
    );
  });

  it('says in the metaverse which anchor and id it has there', () => {
    const { attributes } = mergedOf(rules, user(), inTenant);
    assert.deepEqual([attributes['cloudSourceAnchor'], attributes['cloudAnchor']], [[guidA], ['u1']]);
  });

  it('that was made there, or has no anchor, joins nothing', () => {
    const { sourceAnchor: _, ...without } = inTenant.attributes;
    assert.deepEqual(rules.inbound({ ...inTenant, attributes: without }).joins, []);
    assert.equal(
      rules.inbound({ ...inTenant, attributes: { ...inTenant.attributes, cloudMastered: ['True'] } }).linkType,
      'none',
    );
  });
});

describe('the built-in rules', () => {
  it('have their names and precedences, each once', () => {
    const all = builtInRules().rules.map(({ precedence, name }) => `${precedence} ${name}`);
    assert.deepEqual([...all].sort(), [
      '100 In from AD - User Join',
      '101 In from AD - InetOrgPerson Join',
      '102 In from AD - User AccountEnabled',
      '103 In from AD - InetOrgPerson AccountEnabled',
      '104 In from AD - User Common from Exchange',
      '105 In from AD - InetOrgPerson Common from Exchange',
      '106 In from AD - User Common',
      '107 In from AD - InetOrgPerson Common',
      '108 In from AD - User Exchange',
      '109 In from AD - InetOrgPerson Exchange',
      '112 In from AD - Group Join',
      '113 In from AD - Group Common',
      '114 In from AD - Group Exchange',
      '118 In from AD - ForeignSecurityPrincipal Join User',
      '119 In from AAD - User Join',
      '121 In from AAD - Group Join',
      '122 Out to AAD - User Join',
      '123 Out to AAD - Group Join',
      '124 Out to AAD - User Identity',
      '125 Out to AAD - User ExchangeOnline',
      '126 Out to AAD - Group Identity',
      '127 Out to AAD - Group ExchangeOnline',
    ]);
  });

  it('put one rule alone in charge of passwords', () => {
    const names = builtInRules()
      .rules.filter(({ passwordSync }) => passwordSync)
      .map(({ name }) => name);
    assert.deepEqual(names, ['In from AD - User AccountEnabled']);
  });
});
