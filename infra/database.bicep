// PostgreSQL in two zones with 35 days of backups; reachable from the virtual network alone.
param location string
param name string
param subnetId string
param dnsZoneId string

@secure()
param ownerPassword string

var ownerRole = 'redline_owner'

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: '${name}-${uniqueString(resourceGroup().id)}'
  location: location
  sku: {
    name: 'Standard_D2ds_v5'
    tier: 'GeneralPurpose'
  }
  properties: {
    version: '16'
    administratorLogin: ownerRole
    administratorLoginPassword: ownerPassword
    network: {
      delegatedSubnetResourceId: subnetId
      privateDnsZoneArmResourceId: dnsZoneId
      publicNetworkAccess: 'Disabled'
    }
    storage: {
      storageSizeGB: 64
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: 35
      geoRedundantBackup: 'Disabled'
    }
    highAvailability: {
      mode: 'ZoneRedundant'
    }
  }

  resource redline 'databases' = {
    name: 'redline'
    properties: {
      charset: 'UTF8'
      collation: 'en_US.utf8'
    }
  }

  // A commit that the service has acknowledged must be on disk: the service checks this when it starts.
  resource durableCommits 'configurations' = {
    name: 'synchronous_commit'
    dependsOn: [redline]
    properties: {
      value: 'on'
      source: 'user-override'
    }
  }
}

output host string = server.properties.fullyQualifiedDomainName
output databaseName string = server::redline.name
output ownerRole string = ownerRole
