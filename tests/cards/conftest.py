"""The drawn cards share the browser journeys' Chromium."""

from tests.browser.conftest import chromium, chromium_path

__all__ = ["chromium", "chromium_path"]
