// The service and its migration job, in one Container Apps environment.
param location string
param name string
param image string
param registryServer string
param subnetId string
param serviceIdentityId string
param migrationIdentityId string
param appId string
param tenantId string
param siteId string
param listId string
param serviceDatabaseSecretUri string
param ownerDatabaseSecretUri string
param replicas int

@secure()
param policy string

var port = 3978
var policyFolder = '/etc/redline'
var container = {
  image: image
  resources: {
    cpu: json('0.5')
    memory: '1Gi'
  }
  // Readable by every user of the container, written by none.
  volumeMounts: [
    {
      volumeName: 'policy'
      mountPath: policyFolder
    }
  ]
  env: [
    { name: 'REDLINE_MODE', value: 'production' }
    { name: 'REDLINE_APP_ID', value: appId }
    { name: 'REDLINE_APP_TYPE', value: 'UserAssignedMSI' }
    { name: 'REDLINE_TENANT_ID', value: tenantId }
    { name: 'REDLINE_DATABASE_URL', secretRef: 'database-url' }
    { name: 'REDLINE_HOST', value: '0.0.0.0' }
    { name: 'REDLINE_PORT', value: string(port) }
    { name: 'REDLINE_POLICY_FILE', value: '${policyFolder}/policy.toml' }
    { name: 'REDLINE_SITE_ID', value: siteId }
    { name: 'REDLINE_LIST_ID', value: listId }
  ]
}
var policySecret = {
  name: 'policy'
  value: policy
}
var policyVolume = {
  name: 'policy'
  storageType: 'Secret'
  secrets: [
    {
      secretRef: 'policy'
      path: 'policy.toml'
    }
  ]
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  properties: {
    retentionInDays: 90
    sku: {
      name: 'PerGB2018'
    }
  }
}

resource environment 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: '${name}-environment'
  location: location
  properties: {
    zoneRedundant: true
    vnetConfiguration: {
      infrastructureSubnetId: subnetId
      internal: false
    }
    workloadProfiles: [
      {
        name: 'Consumption'
        workloadProfileType: 'Consumption'
      }
    ]
    appLogsConfiguration: {
      destination: 'azure-monitor'
    }
  }
}

resource logRouting 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs'
  scope: environment
  properties: {
    workspaceId: logs.id
    logs: [
      { category: 'ContainerAppConsoleLogs', enabled: true }
      { category: 'ContainerAppSystemLogs', enabled: true }
    ]
  }
}

resource service 'Microsoft.App/containerApps@2025-01-01' = {
  name: name
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${serviceIdentityId}': {}
    }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: {
        external: true
        targetPort: port
        transport: 'http'
        allowInsecure: false
      }
      registries: [
        {
          server: registryServer
          identity: serviceIdentityId
        }
      ]
      secrets: [
        policySecret
        {
          name: 'database-url'
          keyVaultUrl: serviceDatabaseSecretUri
          identity: serviceIdentityId
        }
      ]
    }
    template: {
      // Longer than the twenty seconds the service gives open requests when it is told to stop.
      terminationGracePeriodSeconds: 30
      scale: {
        minReplicas: replicas
        maxReplicas: replicas
      }
      volumes: [policyVolume]
      containers: [
        union(container, {
          name: 'redline'
          probes: [
            {
              type: 'Liveness'
              httpGet: {
                path: '/healthz'
                port: port
              }
              initialDelaySeconds: 15
              periodSeconds: 10
              timeoutSeconds: 5
            }
            {
              type: 'Readiness'
              httpGet: {
                path: '/readyz'
                port: port
              }
              periodSeconds: 10
              timeoutSeconds: 5
            }
          ]
        })
      ]
    }
  }
}

// Started by hand after each new image: `az containerapp job start`.
resource migration 'Microsoft.App/jobs@2025-01-01' = {
  name: '${name}-migrate'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${migrationIdentityId}': {}
    }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      triggerType: 'Manual'
      replicaTimeout: 900
      replicaRetryLimit: 0
      manualTriggerConfig: {
        parallelism: 1
        replicaCompletionCount: 1
      }
      registries: [
        {
          server: registryServer
          identity: migrationIdentityId
        }
      ]
      secrets: [
        policySecret
        {
          name: 'database-url'
          keyVaultUrl: ownerDatabaseSecretUri
          identity: migrationIdentityId
        }
      ]
    }
    template: {
      volumes: [policyVolume]
      containers: [
        union(container, {
          name: 'migrate'
          command: ['python', 'app.py', 'migrate']
        })
      ]
    }
  }
}

output host string = service.properties.configuration.ingress.fqdn
