// RedLine in one resource group: the service (several replicas), its database, its secrets, and the Azure Bot.
targetScope = 'resourceGroup'

@description('Azure region; UK South keeps the data in the United Kingdom.')
param location string = resourceGroup().location

@description('Short name that every resource starts with.')
@minLength(3)
@maxLength(16)
param name string = 'redline'

@description('Name of the container registry in this resource group that holds the image.')
param registryName string

@description('Image with its tag or digest, without the registry: redline:1.0.0')
param image string

@description('Entra tenant whose people may use the bot.')
param tenantId string = tenant().tenantId

@description('SharePoint site that holds the records list (Graph site id).')
param siteId string

@description('The records list on that site (Graph list id).')
param listId string

@description('The policy file, as text: districts, roles, visit policy. It names Entra groups and Teams channels.')
@secure()
param policy string

@description('Password of the role that owns the tables; only the migration job uses it.')
@secure()
@minLength(24)
param databaseOwnerPassword string

@description('Password of the role that the service uses: it reads and writes rows and changes no table.')
@secure()
@minLength(24)
param databaseServicePassword string

@description('How many copies of the service run. They share the work; two survive the loss of one zone.')
@minValue(2)
@maxValue(10)
param replicas int = 2

// Who the service is, to Teams, Graph, the vault and the registry. It has no password.
resource serviceIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-service'
  location: location
}

// Who the migration job is: it may read the owner's connection string, and the service may not.
resource migrationIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-migration'
  location: location
}

module network 'network.bicep' = {
  name: 'network'
  params: {
    location: location
    name: name
  }
}

module database 'database.bicep' = {
  name: 'database'
  params: {
    location: location
    name: name
    subnetId: network.outputs.databaseSubnetId
    dnsZoneId: network.outputs.databaseDnsZoneId
    ownerPassword: databaseOwnerPassword
  }
}

module vault 'vault.bicep' = {
  name: 'vault'
  params: {
    location: location
    databaseHost: database.outputs.host
    databaseName: database.outputs.databaseName
    ownerRole: database.outputs.ownerRole
    ownerPassword: databaseOwnerPassword
    servicePassword: databaseServicePassword
    servicePrincipalId: serviceIdentity.properties.principalId
    migrationPrincipalId: migrationIdentity.properties.principalId
  }
}

module registry 'registry.bicep' = {
  name: 'registry'
  params: {
    registryName: registryName
    servicePrincipalId: serviceIdentity.properties.principalId
    migrationPrincipalId: migrationIdentity.properties.principalId
  }
}

module service 'service.bicep' = {
  name: 'service'
  params: {
    location: location
    name: name
    image: '${registry.outputs.server}/${image}'
    registryServer: registry.outputs.server
    subnetId: network.outputs.serviceSubnetId
    serviceIdentityId: serviceIdentity.id
    migrationIdentityId: migrationIdentity.id
    appId: serviceIdentity.properties.clientId
    tenantId: tenantId
    siteId: siteId
    listId: listId
    policy: policy
    serviceDatabaseSecretUri: vault.outputs.serviceDatabaseSecretUri
    ownerDatabaseSecretUri: vault.outputs.ownerDatabaseSecretUri
    replicas: replicas
  }
}

module bot 'bot.bicep' = {
  name: 'bot'
  params: {
    name: name
    host: service.outputs.host
    appId: serviceIdentity.properties.clientId
    identityId: serviceIdentity.id
    tenantId: tenantId
  }
}

@description('For `python -m manifest.build --app-id`, and for the Graph grants.')
output appId string = serviceIdentity.properties.clientId

@description('The service principal that the Graph grants name.')
output servicePrincipalId string = serviceIdentity.properties.principalId

@description('For `python -m manifest.build --domain`.')
output host string = service.outputs.host

@description('For psql, from inside the network.')
output databaseHost string = database.outputs.host
