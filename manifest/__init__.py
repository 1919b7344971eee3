"""The Teams app package: its manifest, its icons and the build that zips them."""
