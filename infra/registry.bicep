// Both identities may pull from the registry that holds the image, and not push to it.
param registryName string
param servicePrincipalId string
param migrationPrincipalId string

var pull = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '7f951dda-4ed3-4680-a7ca-43fe172d538d' // AcrPull
)

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: registryName
}

resource pulls 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principalId in [servicePrincipalId, migrationPrincipalId]: {
    name: guid(registry.id, principalId, pull)
    scope: registry
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: pull
    }
  }
]

output server string = registry.properties.loginServer
