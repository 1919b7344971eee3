"""The drawn cards share the browser journeys' Chromium and packages."""

from tests.browser.conftest import chromium, chromium_path, node, node_modules

__all__ = ["chromium", "chromium_path", "node", "node_modules"]
