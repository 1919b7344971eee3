"""The Graph door: the directory, the records list and order documents, reached through Microsoft Graph."""
