// The two connection strings. Each identity may read its own, and nothing else in the vault.
param location string
param databaseHost string
param databaseName string
param ownerRole string
param servicePrincipalId string
param migrationPrincipalId string

@secure()
param ownerPassword string

@secure()
param servicePassword string

var serviceRole = 'redline_service'
var databaseAddress = '${databaseHost}:5432/${databaseName}?ssl=require'
var secretsUser = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '4633458b-17de-408a-b874-0445c86b69e6' // Key Vault Secrets User: reads values, changes nothing
)

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'redline-${uniqueString(resourceGroup().id)}'
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
  }

  resource serviceDatabase 'secrets' = {
    name: 'service-database-url'
    properties: {
      value: 'postgresql+asyncpg://${serviceRole}:${uriComponent(servicePassword)}@${databaseAddress}'
    }
  }

  resource ownerDatabase 'secrets' = {
    name: 'owner-database-url'
    properties: {
      value: 'postgresql+asyncpg://${ownerRole}:${uriComponent(ownerPassword)}@${databaseAddress}'
    }
  }
}

resource serviceReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault::serviceDatabase.id, servicePrincipalId, secretsUser)
  scope: vault::serviceDatabase
  properties: {
    principalId: servicePrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

resource migrationReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault::ownerDatabase.id, migrationPrincipalId, secretsUser)
  scope: vault::ownerDatabase
  properties: {
    principalId: migrationPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

output serviceDatabaseSecretUri string = vault::serviceDatabase.properties.secretUri
output ownerDatabaseSecretUri string = vault::ownerDatabase.properties.secretUri
